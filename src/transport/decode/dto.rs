//! How DTOs are declared.

/// Declares a DTO whose members may all be absent, null or unreadable.
///
/// Each member `name: Type` becomes an `Option<Type>` that is read by [`soft`](fn@super::soft). Only a JSON object is read
/// as a DTO: serde would otherwise take a list for one, member by member. The DTO has no `Debug`: it may hold personal
/// data.
macro_rules! dto {
    ($(#[$outer:meta])* $vis:vis struct $name:ident { $($(#[$inner:meta])* $field:ident: $type:ty),* $(,)? }) => {
        $(#[$outer])*
        #[derive(Clone, Default, serde::Deserialize)]
        // The derived reader becomes a plain function of the type, and the trait's own stands below.
        #[serde(default, remote = "Self")]
        $vis struct $name {
            $(
                $(#[$inner])*
                #[serde(deserialize_with = "crate::transport::decode::soft")]
                $vis $field: Option<$type>,
            )*
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Members;

                impl<'de> serde::de::Visitor<'de> for Members {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, members: A) -> Result<$name, A::Error> {
                        <$name>::deserialize(serde::de::value::MapAccessDeserializer::new(members))
                    }
                }

                deserializer.deserialize_map(Members)
            }
        }

        impl crate::transport::decode::FromWire for $name {
            fn from_wire(text: &str) -> Option<Self> {
                crate::transport::decode::dto_from_wire(text)
            }
        }
    };
}

pub(crate) use dto;
