//! The credentials file that Alibaba Cloud's SDKs share.

use std::path::{Path, PathBuf};

use configparser::ini::Ini;

use super::oidc::AssumeRoleWithOidc;
use super::provide::{Miss, fails, lacks, provides};
use super::sts::AssumeRole;
use super::{Context, Credentials, EcsRole};

const FILE: &str = "ALIBABA_CLOUD_CREDENTIALS_FILE";
pub(crate) const PROFILE: &str = "ALIBABA_CLOUD_PROFILE";

/// The credentials file that Alibaba Cloud's SDKs share: `~/.alibabacloud/credentials.ini` or `~/.alibabacloud/credentials`,
/// or what `ALIBABA_CLOUD_CREDENTIALS_FILE` names.
///
/// The section is that of `ALIBABA_CLOUD_PROFILE`, or `default`. A `#` inside a value is part of it.
///
/// | `type` | keys |
/// |---|---|
/// | `access_key` | `access_key_id`, `access_key_secret` |
/// | `ram_role_arn` | these and `role_arn`, `role_session_name`, `policy` |
/// | `oidc_role_arn` | `role_arn`, `oidc_provider_arn`, `oidc_token_file_path`, `role_session_name` |
/// | `ecs_ram_role` | `role_name` |
///
/// ```
/// use dataworks_sdk::Config;
/// use dataworks_sdk::credentials::CredentialsFile;
///
/// let file = CredentialsFile::new().profile("ci");
/// let config = Config::builder().region("cn-hangzhou").credentials_provider(file).build()?;
/// # Ok::<(), dataworks_sdk::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CredentialsFile {
    path: Option<PathBuf>,
    profile: Option<String>,
}

impl CredentialsFile {
    /// File and section of the environment.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Another file.
    #[must_use]
    pub fn path(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Another section.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    pub(crate) async fn load(&self, context: &Context) -> Result<Credentials, Miss> {
        let (path, text) = self.read(context).await?;
        let name = self.profile.clone().or_else(|| context.environment.get(PROFILE));
        let name = name.unwrap_or_else(|| "default".to_owned());
        let section = Section::find(&path, &name, text)?;
        let role = |role: AssumeRole| match section.get("role_session_name") {
            Some(name) => role.session_name(name),
            None => role,
        };
        match section.need("type")?.to_ascii_lowercase().as_str() {
            "access_key" => section.access_key(),
            "ram_role_arn" => {
                let role = role(AssumeRole::new(section.access_key()?, section.need("role_arn")?));
                section.get("policy").into_iter().fold(role, AssumeRole::policy).load(context).await
            }
            "oidc_role_arn" => {
                let role = AssumeRoleWithOidc::new()
                    .role_arn(section.need("role_arn")?)
                    .provider_arn(section.need("oidc_provider_arn")?)
                    .token_file(section.need("oidc_token_file_path")?);
                let name = section.get("role_session_name");
                name.into_iter().fold(role, AssumeRoleWithOidc::session_name).load(context).await
            }
            "ecs_ram_role" => {
                section.get("role_name").into_iter().fold(EcsRole::new(), EcsRole::role).load(context).await
            }
            other => fails(format!(
                "{section} has the type {other:?}, which is none of access_key, ram_role_arn, oidc_role_arn and ecs_ram_role"
            )),
        }
    }

    async fn read(&self, context: &Context) -> Result<(PathBuf, String), Miss> {
        let paths = match self.path.clone().or_else(|| context.environment.get(FILE).map(PathBuf::from)) {
            Some(path) => vec![path],
            None => ["credentials.ini", "credentials"]
                .into_iter()
                .filter_map(|name| context.home(&format!(".alibabacloud/{name}")))
                .collect(),
        };
        for path in &paths {
            if let Some(text) = context.read(path).await? {
                return Ok((path.clone(), text));
            }
        }
        let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        match paths.is_empty() {
            true => lacks("no home folder: neither HOME nor USERPROFILE set"),
            false => lacks(format!("no file {}", paths.join(" or "))),
        }
    }
}

provides!(CredentialsFile);

/// One section of a file.
struct Section<'a> {
    path: &'a Path,
    name: &'a str,
    file: Ini,
}

impl<'a> Section<'a> {
    fn find(path: &'a Path, name: &'a str, text: String) -> Result<Self, Miss> {
        let mut options = Ini::new_cs().defaults();
        options.delimiters = vec!['='];
        options.enable_inline_comments = false;
        let mut file = Ini::new_from_defaults(options);
        // Its message could show a piece of the file.
        if file.read(text).is_err() {
            return fails(format!(
                "{} is no ini file: a section without a closing bracket, or an empty key",
                path.display()
            ));
        }
        if !file.get_map_ref().contains_key(name) {
            return lacks(format!("{} has no section [{name}]", path.display()));
        }
        Ok(Self { path, name, file })
    }

    fn get(&self, key: &str) -> Option<String> {
        self.file.get(self.name, key).filter(|value| !value.is_empty())
    }

    fn need(&self, key: &str) -> Result<String, Miss> {
        self.get(key).ok_or_else(|| Miss::Lacks(format!("{self} lacks `{key}`")))
    }

    fn access_key(&self) -> Result<Credentials, Miss> {
        Ok(Credentials::new(self.need("access_key_id")?, self.need("access_key_secret")?))
    }
}

impl std::fmt::Display for Section<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{}] of {}", self.name, self.path.display())
    }
}
