//! The page on which a customer takes the photos, in each environment and language.

use serde_json::json;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_environment_has_a_page_in_every_language() {
    let locales = [
        ("EN", "en"),
        ("FR", "fr"),
        ("DE", "de"),
        ("NL_BE", "nl-E"),
        ("IT", "it"),
        ("ES", "es"),
        ("SV", "sv"),
        ("NO", "no"),
    ];
    let environments =
        [("production", "tchek", "sandbox-tchek-key"), ("preproduction", "tchek-preprod", "sandbox-tchek-key-preprod")];
    for (environment, folder, key) in environments {
        let settings = [
            ("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__MODE", "sandbox"),
            ("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__ENVIRONMENT", environment),
            ("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__DUTCH_LOCALE", "nl-E"),
            ("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__ACCOUNTS__MAIN__API_KEY", key),
        ];
        let rig = Rig::with(&settings).await;
        let uid = rig.inspect(SHOWPIECE, &[]).await;
        let asked: Vec<String> = locales.iter().map(|(word, _)| format!("{word}: link(locale: {word})")).collect();
        let asked = asked.join(" ");
        let query =
            format!("query($uid: String!) {{ inspection(by: {{tokenUid: $uid}}) {{ environment link {asked} }} }}");
        let mut told = rig.data(&query, json!({ "uid": uid })).await["inspection"].take();
        let page = |segment: &str| format!("{}/{folder}/webapp/{segment}/services/{}", rig.sandbox, uid);
        assert_eq!(told["environment"].take(), environment);
        assert_eq!(told["link"].take(), page("en"), "English when nobody has named another language");
        for (word, segment) in locales {
            assert_eq!(told[word].take(), page(segment), "{word}");
        }
    }
}
