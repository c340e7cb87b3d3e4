//! Who calls and where to: options, then the environment, then `~/.aws`, then the machine's role.

use std::collections::BTreeMap;

use super::arguments::Globals;
use super::errors::Failure;
use hopwise_cloud::Credentials;

use crate::shell::Shell;

/// Services of the whole partition, which need no Region; S3 without one is asked in us-east-1.
const GLOBAL: [&str; 5] = ["iam", "cloudfront", "route53", "organizations", "s3"];

/// Sections of an INI file in order, each with its settings in order.
pub(super) type Sections = Vec<(String, Vec<(String, String)>)>;

/// What the chosen profile says.
#[derive(Clone, Debug, Default)]
pub(super) struct Profile {
    /// The profile's name, where one was asked for.
    pub(super) asked: Option<String>,
    pub(super) credentials: Option<Credentials>,
    /// Where the credentials come from, in the words of `configure list`.
    pub(super) source: &'static str,
    pub(super) region: Option<String>,
    /// Where the Region comes from: type and location.
    pub(super) region_source: (&'static str, String),
    pub(super) output: Option<String>,
    unsigned: bool,
    endpoint: Option<String>,
}

/// Reads an INI file as the CLI does: `key = value` below `[section]`.
pub(super) fn sections(text: &str) -> Sections {
    let mut sections: Sections = Vec::new();
    for line in text.lines().take(5_000) {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = trimmed
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            sections.push((name.trim().to_owned(), Vec::new()));
        } else if let (Some((key, value)), Some((_, settings))) =
            (trimmed.split_once('='), sections.last_mut())
        {
            settings.push((key.trim().to_owned(), value.trim().to_owned()));
        }
    }
    sections
}

fn settings(sections: &Sections, name: &str) -> Option<BTreeMap<String, String>> {
    let mut found = None;
    for (section, settings) in sections {
        if section == name {
            let map: &mut BTreeMap<String, String> = found.get_or_insert_default();
            map.extend(settings.iter().cloned());
        }
    }
    found
}

/// The paths of the config file and the credentials file.
pub(super) fn paths(shell: &Shell<'_>) -> (String, String) {
    let home = shell.variable("HOME").unwrap_or_default();
    let path = |name: &str, file: &str| {
        shell
            .frame()
            .environment(name)
            .map_or_else(|| format!("{home}/.aws/{file}"), str::to_owned)
    };
    (
        path("AWS_CONFIG_FILE", "config"),
        path("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
    )
}

/// The sections of a file; none where it can't be read.
pub(super) fn read(shell: &Shell<'_>, path: &str) -> Sections {
    match shell.read_file(path) {
        Ok(bytes) => sections(&String::from_utf8_lossy(&bytes)),
        Err(_) => Vec::new(),
    }
}

/// The section of a profile in the config file.
pub(super) fn section_name(profile: &str) -> String {
    if profile == "default" {
        profile.to_owned()
    } else {
        format!("profile {profile}")
    }
}

impl Profile {
    pub(super) fn load(shell: &Shell<'_>, globals: &Globals) -> Result<Self, Failure> {
        let environment = |name: &str| {
            shell
                .frame()
                .environment(name)
                .filter(|value| !value.is_empty())
                .map(str::to_owned)
        };
        let asked = globals
            .profile
            .clone()
            .or_else(|| environment("AWS_PROFILE"))
            .or_else(|| environment("AWS_DEFAULT_PROFILE"));
        let name = asked.clone().unwrap_or_else(|| "default".to_owned());
        let (config_path, credentials_path) = paths(shell);
        let config = settings(&read(shell, &config_path), &section_name(&name));
        let secrets = settings(&read(shell, &credentials_path), &name);
        if asked.is_some() && config.is_none() && secrets.is_none() {
            return Err(Failure::Bare(format!(
                "The config profile ({name}) could not be found"
            )));
        }
        let (config, secrets) = (config.unwrap_or_default(), secrets.unwrap_or_default());
        let pick = |settings: &BTreeMap<String, String>| {
            Some(Credentials {
                access_key_id: settings.get("aws_access_key_id")?.clone(),
                secret_access_key: settings.get("aws_secret_access_key")?.clone(),
            })
        };
        let from_environment = || {
            Some(Credentials {
                access_key_id: environment("AWS_ACCESS_KEY_ID")?,
                secret_access_key: environment("AWS_SECRET_ACCESS_KEY")?,
            })
        };
        // A profile that is named on the line goes before the environment.
        let candidates = [
            (
                "env",
                if globals.profile.is_some() {
                    None
                } else {
                    from_environment()
                },
            ),
            ("shared-credentials-file", pick(&secrets)),
            ("config-file", pick(&config)),
            (
                "iam-role",
                shell.host.role_credentials(&shell.frame().machine),
            ),
        ];
        let (source, credentials) = candidates
            .into_iter()
            .find(|(_, credentials)| credentials.is_some())
            .unwrap_or(("None", None));
        let regions = [
            (globals.region.clone(), "manual", "--region".to_owned()),
            (
                environment("AWS_REGION"),
                "env",
                "['AWS_REGION', 'AWS_DEFAULT_REGION']".to_owned(),
            ),
            (
                environment("AWS_DEFAULT_REGION"),
                "env",
                "['AWS_REGION', 'AWS_DEFAULT_REGION']".to_owned(),
            ),
            (
                config.get("region").cloned(),
                "config-file",
                "~/.aws/config".to_owned(),
            ),
        ];
        let (region, kind, place) = regions
            .into_iter()
            .find(|(region, _, _)| region.is_some())
            .unwrap_or((None, "None", "None".to_owned()));
        Ok(Profile {
            asked,
            credentials,
            source,
            region,
            region_source: (kind, place),
            output: environment("AWS_DEFAULT_OUTPUT").or_else(|| config.get("output").cloned()),
            unsigned: globals.no_sign,
            endpoint: globals.endpoint.clone(),
        })
    }

    /// The credentials and the Region of a call, or what is missing.
    pub(super) fn sign(&self, service: &str) -> Result<(Credentials, String), Failure> {
        let region = match &self.region {
            Some(region) => region.clone(),
            None if GLOBAL.contains(&service) => "us-east-1".to_owned(),
            None => {
                return Err(Failure::Coded {
                    code: "NoRegion",
                    text: "You must specify a region. You can also configure your region by running \"aws configure\".".to_owned(),
                    exit: 253,
                });
            }
        };
        if let Some(endpoint) = &self.endpoint
            && !endpoint.contains("amazonaws.com")
        {
            return Err(Failure::Bare(format!(
                "Could not connect to the endpoint URL: \"{}/\"",
                endpoint.trim_end_matches('/')
            )));
        }
        if self.unsigned {
            return Ok((Credentials::default(), region));
        }
        match &self.credentials {
            Some(credentials) => Ok((credentials.clone(), region)),
            None => Err(Failure::Coded {
                code: "NoCredentials",
                text: "Unable to locate credentials. You can configure credentials by running \"aws login\".".to_owned(),
                exit: 253,
            }),
        }
    }
}
