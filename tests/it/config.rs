//! Configuration: what wins, what is refused, what is printed.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use forecourt::app::known;
use forecourt::config::{
    Access, Config, ConfigError, Environment, JifelineConnector, LogFormat, Mode, Sources, TicketState,
};
use secrecy::ExposeSecret;
use url::Url;

const EXAMPLE: &str = include_str!("../../config.example.toml");

/// Loads `file` (none when empty) under `environment`.
fn load(file: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("forecourt.toml");
    fs::write(&path, file).expect("the file can be written");
    let file = (!file.is_empty()).then_some(path);
    Config::load(Sources::new().file(file).environment(environment.iter().copied()), &known())
}

/// The faults of a wrong configuration, one in each line, without the folder's name.
fn faults(file: &str, environment: &[(&str, &str)]) -> String {
    let error = load(file, environment).expect_err("the configuration is wrong");
    error.faults().iter().fold(String::new(), |mut text, fault| {
        let mut fault = fault.clone();
        let file_name = |origin: String| match origin.rsplit_once('/') {
            Some((_, name)) if !origin.starts_with("variable") => name.to_owned(),
            _ => origin,
        };
        fault.origin = fault.origin.map(file_name);
        fault.key = fault.key.rsplit_once('/').map_or(fault.key.clone(), |(_, name)| name.to_owned());
        writeln!(text, "{fault}").expect("text grows");
        text
    })
}

/// The example with every key in use.
fn example_in_use() -> String {
    let lines = EXAMPLE.lines().map(|line| match line.strip_prefix('#') {
        Some(rest) if !rest.is_empty() && !rest.starts_with(' ') => rest,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

const LIVE: &str = r#"
[tenants.acme.vendors.jifeline.accounts.north]
connector_uuid = "0f8fad5b-d9cb-469f-a165-70867728950e"
pincode = "01234"
"#;

#[test]
fn without_anything_there_is_a_sandbox_for_each_vendor() {
    let config = load("", &[("PATH", "/bin"), ("HOME", "/")]).expect("the defaults are complete");
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.environment, Environment::Development);
    let modes: Vec<_> =
        config.vendor_modes().map(|(name, vendor, mode)| (name.as_str(), vendor.as_str(), mode)).collect();
    let sandbox = Mode::Sandbox;
    assert_eq!(
        modes,
        [("default", "autochat", sandbox), ("default", "jifeline", sandbox), ("default", "tchek", sandbox)]
    );
    let tenant = config.tenants.get("default").expect("the default tenant is there");
    let key = tenant.tchek.accounts.get("main").map(|account| account.api_key.expose_secret().to_owned());
    assert_eq!(key.as_deref(), Some("sandbox-tchek-key"));
    assert_eq!(tenant.jifeline.ticket_states.get(&3), Some(&TicketState::Outsourced));
    assert_eq!(tenant.tchek.base_url, None, "the application points a sandbox vendor at the sandbox");
}

#[test]
fn the_effective_configuration_is_printed_without_secrets() {
    let config = load("", &[]).expect("the defaults are complete");
    insta::assert_snapshot!("config_default", config.to_redacted_toml(&known()));
    let config = load(&example_in_use(), &[]).expect("the example is right");
    let printed = config.to_redacted_toml(&known());
    assert_eq!(printed.matches("[secret]").count(), 6, "{printed}");
    assert!(!printed.contains("long random text") && !printed.contains("\"00000\""), "{printed}");
    let debug = format!("{config:?}");
    assert!(!debug.contains("long random text") && !debug.contains("your client secret"), "{debug}");
}

#[test]
fn what_is_printed_is_valid_again_except_for_secrets() {
    let known = known();
    let fresh = "[cache.fresh]\n\"jifeline.vehicles.find\" = \"90m\"\n[server]\nhosts = [\"graph.example:8080\"]\nopen = true\n";
    let printed = load(fresh, &[]).expect("the file is right").to_redacted_toml(&known);
    let again = load(&printed, &[]).expect("what was printed is right").to_redacted_toml(&known);
    assert_eq!(printed, again);

    let printed = load(LIVE, &[]).expect("the file is right").to_redacted_toml(&known);
    let refusal = faults(&printed, &[]);
    assert_eq!(refusal.lines().count(), 1, "{refusal}");
    assert!(refusal.starts_with("`tenants.acme.vendors.jifeline.accounts.north.pincode`"), "{refusal}");
}

#[test]
fn the_example_names_every_key_with_its_default() {
    let defaults = load("", &[]).expect("the defaults are complete").to_redacted_toml(&known());
    let live = load(&example_in_use(), &[]).expect("the example is right").to_redacted_toml(&known());
    let common = defaults.lines().take_while(|line| !line.starts_with("[tenants"));
    let vendors = live.lines().skip_while(|line| !line.starts_with("[tenants"));
    for line in common.chain(vendors).filter(|line| !line.is_empty() && !line.contains("[secret]")) {
        assert!(
            EXAMPLE.lines().any(|known| known.strip_prefix('#') == Some(line)),
            "`#{line}` is missing in the example"
        );
    }
}

#[test]
fn the_key_of_the_sessions_has_32_bytes() {
    let told = faults("", &[("FORECOURT_SESSIONS__KEY", "c2hvcnQ=")]);
    assert!(told.contains("`sessions.key`") && told.contains("not 32 bytes in base64"), "{told}");
    assert!(!told.contains("c2hvcnQ="), "{told}");
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let config = load("", &[("FORECOURT_SESSIONS__KEY", key)]).expect("right");
    assert_eq!(config.sessions.key_bytes(), Some(std::array::from_fn(|place| u8::try_from(place).unwrap())));
    assert!(config.to_redacted_toml(&known()).contains("key = \"[secret]\""));
}

#[test]
fn variables_win_over_the_file_and_flags_over_both() {
    let file = "[server]\nlisten = \"127.0.0.1:1\"\ndrain = \"1s\"\n[log]\nformat = \"json\"\n";
    let config =
        load(file, &[("FORECOURT_LISTEN", "127.0.0.1:2"), ("FORECOURT_DATA_DIR", "/srv/ledger")]).expect("right");
    assert_eq!(config.server.listen.port(), 2);
    assert_eq!(config.server.drain, Duration::from_secs(1));
    assert_eq!(config.log.format, LogFormat::Json);
    assert_eq!(config.data_dir.to_str(), Some("/srv/ledger"));

    let sources = Sources::new().environment([("FORECOURT_SERVER__LISTEN", "127.0.0.1:2")]).flag(
        "--listen",
        "server.listen",
        Some("127.0.0.1:3".to_owned()),
    );
    assert_eq!(Config::load(sources, &known()).expect("right").server.listen.port(), 3);
}

#[test]
fn every_kind_of_key_can_be_a_variable() {
    let config = load(
        "",
        &[
            ("FORECOURT_SERVER__ORIGINS", "https://a.example, https://b.example:8443"),
            ("FORECOURT_SERVER__INTROSPECTION", "false"),
            ("FORECOURT_LIMITS__DEPTH", "9"),
            ("FORECOURT_CACHE__CAPACITY", "2GiB"),
            ("FORECOURT_CACHE__FRESH__JIFELINE__VEHICLES__FIND", "12h"),
            (
                "FORECOURT_TENANTS__NORTH_WEST__VENDORS__JIFELINE__ACCOUNTS__MAIN_ST__CONNECTOR_UUID",
                "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            ),
            ("FORECOURT_TENANTS__NORTH_WEST__VENDORS__JIFELINE__ACCOUNTS__MAIN_ST__PINCODE", "01234"),
            ("FORECOURT_TENANTS__NORTH_WEST__VENDORS__JIFELINE__TICKET_STATES__8", "CANCELLED"),
        ],
    )
    .expect("the variables are right");
    assert_eq!(config.server.origins, ["https://a.example", "https://b.example:8443"]);
    assert!(!config.server.introspection);
    assert_eq!(config.limits.depth, 9);
    assert_eq!(config.cache.capacity, 2 << 30);
    assert_eq!(config.cache.fresh.get("jifeline.vehicles.find"), Some(&Duration::from_hours(12)));
    let jifeline = &config.tenants.get("north-west").expect("the tenant is there").jifeline;
    assert_eq!(jifeline.mode, Mode::Live);
    let pincode = jifeline.accounts.get("main-st").map(|account| account.pincode.expose_secret().to_owned());
    assert_eq!(pincode.as_deref(), Some("01234"));
    assert_eq!(jifeline.ticket_states.len(), 3, "1 and 7 stay");
}

#[test]
fn secrets_come_from_files_and_lose_their_last_line_end() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("key"), "from-file\r\n").expect("the file can be written");
    fs::write(path("empty"), "\n").expect("the file can be written");
    let variable = "FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__ACCOUNTS__MAIN__API_KEY_FILE";
    let key = |config: &Config| {
        let account = config.tenants.get("default").and_then(|tenant| tenant.tchek.accounts.get("main"));
        account.map(|account| account.api_key.expose_secret().to_owned())
    };
    let config = load("", &[(variable, &path("key"))]).expect("the file holds a secret");
    assert_eq!(key(&config).as_deref(), Some("from-file"));

    let file = "[tenants.default.vendors.tchek.accounts.main]\napi_key = \"direct\"\n";
    let config = load(file, &[(variable, &path("key"))]).expect("the variable wins over the file");
    assert_eq!(key(&config).as_deref(), Some("from-file"));

    let both = format!("{file}api_key_file = \"{}\"\n", path("key"));
    assert!(faults(&both, &[]).contains("`api_key` is given as well; keep either `api_key` or `api_key_file`"));
    assert!(faults("", &[(variable, &path("empty"))]).contains("holds no secret; write the secret into it"));
    assert!(faults("", &[(variable, &path("absent"))]).contains("cannot be read: No such file"));
}

#[test]
fn all_faults_are_shown_together_with_key_origin_reason_and_mend() {
    let file = r#"
enviroment = "production"
data_dir = ""

[server]
listen = "8080"
public_url = "https://user:hunter2@graph.example"
hosts = ["https://graph.example"]
origins = ["https://dealer.example/path"]
open = "perhaps"
request_timeout = 30
body_limit = "1MB"

[log]
level = "loud"
format = "xml"

[limits]
depth = 0

[cache.fresh]
"jifeline.vehicles.fnid" = "24h"
"tchek.tokens.status" = "soon"

[sandbox]
vehicles = 1.5

[tenants.Acme]

[tenants.acme.vendors.tchek]
timeout = "0s"

[tenants.acme.vendors.jifeline]
base_url = "http://jifeline.example"
ticket_states = { "7" = "DONE", "x" = "CLOSED" }
accounts.main.pincode = 1234

[tenants.acme.vendors.autochat]
accounts.main.client_id = "a"
"#;
    let environment = [
        ("FORECOURT_LIMITS__COST", "much"),
        ("FORECOURT_LIMITS__ALIASES", ""),
        ("FORECOURT_LITSEN", "127.0.0.1:80"),
        ("FORECOURT_", "x"),
    ];
    insta::assert_snapshot!("config_faults", faults(file, &environment));
}

#[test]
fn a_file_that_is_no_toml_or_not_there_is_the_only_fault() {
    insta::assert_snapshot!(faults("[server]\nlisten = 127.0.0.1:8080\n", &[("FORECOURT_LOG__FORMAT", "xml")]), @"`forecourt.toml` (forecourt.toml, line 2): invalid float, expected nothing; correct the TOML on this line");
    insta::assert_snapshot!(faults("", &[("FORECOURT_CONFIG", "/absent/forecourt.toml")]), @"`forecourt.toml`: the configuration file cannot be read: No such file or directory (os error 2); name a readable file with `--config` or `FORECOURT_CONFIG`");
}

#[test]
fn the_key_of_a_client_is_no_setting() {
    let config = load("", &[("FORECOURT_KEY", "fc_secret")]).expect("the variable is known");
    assert!(!format!("{config:?}").contains("fc_secret"));
    assert!(faults("", &[("FORECOURT_KEYS", "x")]).contains("`FORECOURT_KEY`"));
}

#[test]
fn a_section_that_is_there_is_never_replaced_by_the_sandbox() {
    insta::assert_snapshot!(faults("[tenants.acme.vendors.tchek]\nconcurrency = 2\n", &[]), @r#"
    `tenants.acme.vendors.tchek` (forecourt.toml, line 1): this section has neither an account nor a `mode`; add an account as `[….accounts.main]`, or write `mode = "sandbox"` or `mode = "off"`
    "#);
    insta::assert_snapshot!(faults("[tenants.acme.vendors.autochat.accounts.main]\n", &[]), @r#"
    `tenants.acme.vendors.autochat.accounts.main.dealerships`: the account names no dealership; add them as `dealerships.NAME = "the vendor's id"`; clients use the name
    `tenants.acme.vendors.autochat.accounts.main.client_id`: this key is missing; add it to the file or set `FORECOURT_TENANTS__ACME__VENDORS__AUTOCHAT__ACCOUNTS__MAIN__CLIENT_ID`
    `tenants.acme.vendors.autochat.accounts.main.client_secret`: this key is missing; add it to the file or set `FORECOURT_TENANTS__ACME__VENDORS__AUTOCHAT__ACCOUNTS__MAIN__CLIENT_SECRET`
    "#);
    let config = load(LIVE, &[]).expect("the file is right");
    let tenant = config.tenants.get("acme").expect("the tenant is there");
    assert_eq!((tenant.tchek.mode, tenant.autochat.mode), (Mode::Off, Mode::Off));
    let host = tenant.jifeline.base_url.as_ref().and_then(|url| url.host_str());
    assert_eq!(host, Some("customer-api-001.prd.jifeline.cloud"));
    let socket = tenant.jifeline.socket_url.as_ref().map(Url::as_str);
    assert_eq!(socket, Some("wss://customer-api-ws-001.prd.jifeline.cloud/wssprd"));
}

#[test]
fn the_socket_stays_beside_the_api_unless_it_is_told_elsewhere() {
    let socket = |keys: &str| {
        let file = format!("[tenants.acme.vendors.jifeline]\n{keys}\n{LIVE}");
        let config = load(&file, &[]).expect("the file is right");
        config.tenants.get("acme").and_then(|tenant| tenant.jifeline.socket_url.as_ref().map(Url::to_string))
    };
    let cases = [
        (
            "base_url = \"https://customer-api-014.prd.jifeline.cloud\"",
            "wss://customer-api-ws-014.prd.jifeline.cloud/wssprd",
        ),
        ("base_url = \"https://proxy.example/jifeline/\"", "wss://proxy.example/jifeline/wss"),
        ("base_url = \"http://127.0.0.1:8090/jifeline\"", "ws://127.0.0.1:8090/jifeline/wss"),
        ("socket_url = \"wss://socket.example/prd\"", "wss://socket.example/prd"),
    ];
    for (keys, url) in cases {
        assert_eq!(socket(keys).as_deref(), Some(url));
    }
    let file = |url: &str| format!("[tenants.acme.vendors.jifeline]\nsocket_url = \"{url}\"\n{LIVE}");
    let wrong = ["ws://socket.example/prd", "https://socket.example/prd", "wss://me@socket.example/prd"];
    insta::assert_snapshot!("config_sockets", wrong.map(|url| faults(&file(url), &[])).join("\n"));
}

#[test]
fn a_connector_is_named_by_its_uuid_or_its_number() {
    let account = |keys: &str| {
        format!(
            "[tenants.acme.vendors.jifeline]\nmode = \"MODE\"\n[tenants.acme.vendors.jifeline.accounts.main]\n{keys}"
        )
    };
    let live = |keys: &str| account(keys).replace("MODE", "live");
    let connector = |file: &str| {
        let config = load(file, &[]).expect("the file is right");
        let tenant = config.tenants.get("acme").expect("the tenant is there");
        tenant.jifeline.accounts.get("main").expect("the account is there").connector.clone()
    };
    let number = "connector_id = \"910000001\"\npincode = \"01234\"\n";
    assert_eq!(connector(&live(number)), JifelineConnector::Id("910000001".to_owned()));
    let printed = load(&live(number), &[]).expect("the file is right").to_redacted_toml(&known());
    assert!(printed.contains("connector_id = \"910000001\""), "{printed}");
    let sandbox = |keys: &str| account(keys).replace("MODE", "sandbox");
    assert_eq!(connector(&sandbox(number)), JifelineConnector::Id("910000001".to_owned()));
    assert!(matches!(connector(&sandbox("")), JifelineConnector::Uuid(_)));

    let uuid = "connector_uuid = \"0f8fad5b-d9cb-469f-a165-70867728950e\"\n";
    let wrong = [
        live(&format!("{uuid}{number}")),
        live("connector_id = 910000001\npincode = \"01234\"\n"),
        live("connector_id = \"no number\"\npincode = \"01234\"\n"),
        live("pincode = \"01234\"\n"),
        sandbox("connector_id = \"910000002\"\n"),
        live(&format!("{uuid}otp = \"1b4e28ba-2fa1-11d2-883f-0016d3cca427\"\npincode = \"01234\"\n")),
    ];
    insta::assert_snapshot!("config_connectors", wrong.map(|file| faults(&file, &[])).join("\n"));
    let from_variable = [(
        "FORECOURT_TENANTS__ACME__VENDORS__JIFELINE__ACCOUNTS__MAIN__CONNECTOR_UUID",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
    )];
    assert!(load(&live(number), &from_variable).is_ok(), "the environment wins over the file");
}

#[test]
fn a_sandbox_vendor_cannot_be_pointed_at_a_real_one() {
    let file = "[tenants.acme.vendors.tchek]\nmode = \"sandbox\"\nbase_url = \"https://alto.tchek.fr\"\n";
    insta::assert_snapshot!(faults(file, &[]), @"`tenants.acme.vendors.tchek.base_url` (forecourt.toml, line 3): a sandbox vendor has no address of its own; remove the key; a sandbox elsewhere is named by `sandbox.url`");
}

#[test]
fn production_refuses_every_sandbox_vendor() {
    insta::assert_snapshot!(faults("environment = \"production\"\n", &[]), @r"
    `tenants.default.vendors.autochat`: a sandbox vendor is refused while `environment` is `production`; give the vendor an account, set its `mode` to `off`, or set `environment` to `development`
    `tenants.default.vendors.jifeline`: a sandbox vendor is refused while `environment` is `production`; give the vendor an account, set its `mode` to `off`, or set `environment` to `development`
    `tenants.default.vendors.tchek`: a sandbox vendor is refused while `environment` is `production`; give the vendor an account, set its `mode` to `off`, or set `environment` to `development`
    ");
    let live = format!("environment = \"production\"\n{LIVE}");
    assert!(load(&live, &[]).is_ok());
}

#[test]
fn a_build_without_the_sandbox_says_so() {
    let mut known = known();
    known.embedded_sandbox = false;
    let error = Config::load(Sources::new(), &known).expect_err("no sandbox is there");
    insta::assert_snapshot!(error, @r"
    the configuration has 1 fault
      - `sandbox.url`: a vendor is in mode `sandbox`, and this build lacks the feature `sandbox`; name a sandbox that runs by itself, or build with the feature `sandbox`
    ");
    let sources = Sources::new().environment([("FORECOURT_SANDBOX__URL", "http://127.0.0.1:8090")]);
    assert!(Config::load(sources, &known).is_ok());
}

#[test]
fn only_a_sandbox_on_this_machine_is_open_by_itself() {
    let access = |file: &str, environment: &[(&str, &str)], clients: bool| {
        load(file, environment).expect("the configuration is right").access(clients).map_err(|error| error.to_string())
    };
    assert_eq!(access("", &[], false), Ok(Access::Open));
    assert_eq!(access("", &[("FORECOURT_LISTEN", "[::1]:8080")], false), Ok(Access::Open));
    assert_eq!(
        access("", &[("FORECOURT_LISTEN", "0.0.0.0:8080"), ("FORECOURT_SERVER__OPEN", "true")], false),
        Ok(Access::Open)
    );
    assert_eq!(access("", &[("FORECOURT_LISTEN", "0.0.0.0:8080")], true), Ok(Access::Clients));
    assert_eq!(access(LIVE, &[], true), Ok(Access::Clients));
    for reachable in [
        ("FORECOURT_LISTEN", "0.0.0.0:8080"),
        ("FORECOURT_LISTEN", "[::]:8080"),
        ("FORECOURT_SERVER__PUBLIC_URL", "https://graph.example.com"),
        ("FORECOURT_SERVER__HOSTS", "localhost:8080,graph.example.com"),
    ] {
        let refusal = access("", &[reachable], false).expect_err("nobody could use it safely");
        assert!(refusal.contains("forecourt keys create NAME"), "{refusal}");
        assert!(refusal.contains("server.open = true"), "{refusal}");
    }
    let refusal = access(LIVE, &[], false).expect_err("a live vendor needs clients");
    assert!(refusal.contains("forecourt keys create NAME") && !refusal.contains("server.open"), "{refusal}");
    insta::assert_snapshot!(faults(LIVE, &[("FORECOURT_SERVER__OPEN", "true")]), @"`server.open` (variable `FORECOURT_SERVER__OPEN`): the gateway cannot be open to anyone while a vendor is live; remove it and create keys with `forecourt keys create NAME --all-scopes`");
}
