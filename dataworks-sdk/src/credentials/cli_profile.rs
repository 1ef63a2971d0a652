//! A profile of the command line `aliyun`, in all its modes.

use std::fmt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::Duration;

use serde_json::{Map, Value};

use super::cloud_sso::CloudSso;
use super::ini_file::PROFILE;
use super::provide::{Miss, fails, lacks, provides};
use super::{AssumeRole, AssumeRoleWithOidc, Context, Credentials, CredentialsUri, EcsRole, context, external};
use crate::environment::Environment;

const DISABLED: &str = "ALIBABA_CLOUD_CLI_PROFILE_DISABLED";
const FILE: &str = ".aliyun/config.json";
const MODES: &str = "AK, StsToken, RamRoleArn, EcsRamRole, OIDC, ChainableRamRoleArn, CloudSSO, External, CredentialsURI, \
                     BearerToken and Anonymous";

/// A profile of Alibaba Cloud's command line: what `aliyun configure` writes into `~/.aliyun/config.json`.
///
/// The profile is that of `ALIBABA_CLOUD_PROFILE`, or the one that is `current` in the file. The file is read again for each
/// refresh. `ALIBABA_CLOUD_CLI_PROFILE_DISABLED=true` switches this provider off.
///
/// | mode | keys |
/// |---|---|
/// | `AK` | `access_key_id`, `access_key_secret` |
/// | `StsToken` | these and `sts_token` |
/// | `RamRoleArn` | those of `AK` and `ram_role_arn`, `ram_session_name`, `expired_seconds`, `external_id`, `sts_region` |
/// | `EcsRamRole` | `ram_role_name` |
/// | `OIDC` | `oidc_provider_arn`, `oidc_token_file`, `ram_role_arn`, `ram_session_name` |
/// | `ChainableRamRoleArn` | those of `RamRoleArn`, with `source_profile` in the place of an access key |
/// | `CloudSSO` | `cloud_sso_sign_in_url`, `cloud_sso_account_id`, `cloud_sso_access_config`, `access_token` |
/// | `External` | `process_command`, which prints the keys of a profile as JSON: split into words as a shell does, but run without one, for 60 s at most |
/// | `CredentialsURI` | `credentials_uri` |
/// | `BearerToken` | `bearer_token` |
/// | `Anonymous` | |
///
/// ```
/// use dataworks_sdk::Config;
/// use dataworks_sdk::credentials::CliProfile;
///
/// let profile = CliProfile::new().profile("ci");
/// let config = Config::builder().region("cn-hangzhou").credentials_provider(profile).build()?;
/// # Ok::<(), dataworks_sdk::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CliProfile {
    path: Option<PathBuf>,
    profile: Option<String>,
}

impl CliProfile {
    /// The profile of the environment, or the current one.
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

    /// Another profile.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    pub(crate) async fn load(&self, context: &Context) -> Result<Credentials, Miss> {
        let path = path(&context.environment, self.path.as_deref())?;
        let text = context.read(&path).await?;
        let file = File::parse(&path, text)?;
        let name = file.name(self.profile.clone().or_else(|| context.environment.get(PROFILE)));
        file.profile(name.as_deref())?.credentials(context, &mut Vec::new()).await
    }
}

provides!(CliProfile);

/// The region of the profile that the environment chooses: read without waiting, when a configuration is built.
pub(crate) fn region(environment: &Environment) -> Result<String, Miss> {
    let path = path(environment, None)?;
    let file = File::parse(&path, context::read(&path)?)?;
    let name = file.name(environment.get(PROFILE));
    file.profile(name.as_deref())?.need("region_id").map(str::to_owned)
}

fn path(environment: &Environment, given: Option<&Path>) -> Result<PathBuf, Miss> {
    if context::is_on(environment, DISABLED) {
        return lacks(format!("switched off by {DISABLED}"));
    }
    match given.map(Path::to_owned).or_else(|| context::home(environment, FILE)) {
        Some(path) => Ok(path),
        None => lacks("no home folder: neither HOME nor USERPROFILE set"),
    }
}

/// The file, parsed.
struct File<'a> {
    path: &'a Path,
    content: Value,
}

impl<'a> File<'a> {
    fn parse(path: &'a Path, text: Option<String>) -> Result<Self, Miss> {
        let Some(text) = text else { return lacks(format!("no file {}", path.display())) };
        // A syntax error has line and column, and nothing of the text.
        match serde_json::from_str(&text) {
            Ok(content) => Ok(Self { path, content }),
            Err(error) => fails(format!("{} is no JSON: {error}", path.display())),
        }
    }

    fn name(&self, chosen: Option<String>) -> Option<String> {
        chosen.or_else(|| self.content["current"].as_str().filter(|name| !name.is_empty()).map(str::to_owned))
    }

    fn profile(&self, name: Option<&str>) -> Result<Profile<'_>, Miss> {
        let Some(name) = name else {
            return lacks(format!("{} has no `current` profile", self.path.display()));
        };
        let profiles = self.content["profiles"].as_array().into_iter().flatten();
        match profiles.filter_map(Value::as_object).find(|profile| profile.get("name").is_some_and(|it| it == name)) {
            Some(keys) => Ok(Profile { file: self, name: name.to_owned(), printed: false, keys }),
            None => lacks(format!("{} has no profile {name:?}", self.path.display())),
        }
    }
}

/// One profile of the file, or what the command of one has printed.
struct Profile<'a> {
    file: &'a File<'a>,
    name: String,
    printed: bool,
    keys: &'a Map<String, Value>,
}

type Loading<'a> = Pin<Box<dyn Future<Output = Result<Credentials, Miss>> + Send + 'a>>;

impl Profile<'_> {
    fn get(&self, key: &str) -> Result<Option<&str>, Miss> {
        match self.keys.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
            Some(_) => fails(format!("`{key}` of {self} is no text")),
        }
    }

    fn need(&self, key: &str) -> Result<&str, Miss> {
        self.get(key)?.ok_or_else(|| Miss::Lacks(format!("{self} lacks `{key}`")))
    }

    fn number(&self, key: &str) -> Result<Option<u64>, Miss> {
        match self.keys.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_u64() {
                Some(number) => Ok(Some(number).filter(|number| *number > 0)),
                None => fails(format!("`{key}` of {self} is no whole number from 0 up")),
            },
        }
    }

    /// `chain` holds the profiles that lead here, so that none leads to itself.
    fn credentials<'a>(&'a self, context: &'a Context, chain: &'a mut Vec<String>) -> Loading<'a> {
        Box::pin(async move {
            let mode = match self.get("mode")? {
                Some(mode) => mode,
                None if self.get("sts_token")?.is_some() => "StsToken",
                None => "AK",
            };
            match mode.to_ascii_lowercase().as_str() {
                "ak" => self.access_key(),
                "ststoken" => Ok(self.access_key()?.with_security_token(self.need("sts_token")?)),
                "ramrolearn" => {
                    let source = self.access_key()?;
                    let token = self.get("sts_token")?;
                    let source = token.into_iter().fold(source, Credentials::with_security_token);
                    self.role(source)?.load(context).await
                }
                "ecsramrole" => {
                    let role = self.get("ram_role_name")?;
                    role.into_iter().fold(EcsRole::new(), EcsRole::role).load(context).await
                }
                "oidc" => self.oidc()?.load(context).await,
                "chainableramrolearn" => self.chained(context, chain).await,
                "cloudsso" => self.cloud_sso()?.load(context).await,
                "external" => self.external(context, chain).await,
                "credentialsuri" => CredentialsUri::at(self.need("credentials_uri")?).load(context).await,
                "bearertoken" => Ok(Credentials::bearer(self.need("bearer_token")?)),
                "anonymous" => Ok(Credentials::anonymous()),
                _ => fails(format!("{self} has the mode {mode:?}, which is none of {MODES}")),
            }
        })
    }

    fn access_key(&self) -> Result<Credentials, Miss> {
        Ok(Credentials::new(self.need("access_key_id")?, self.need("access_key_secret")?))
    }

    fn role(&self, source: Credentials) -> Result<AssumeRole, Miss> {
        let mut role = AssumeRole::new(source, self.need("ram_role_arn")?);
        if let Some(seconds) = self.number("expired_seconds")? {
            role = role.duration(Duration::from_secs(seconds));
        }
        role = self.get("ram_session_name")?.into_iter().fold(role, AssumeRole::session_name);
        role = self.get("external_id")?.into_iter().fold(role, AssumeRole::external_id);
        Ok(self.get("sts_region")?.into_iter().fold(role, AssumeRole::sts_region))
    }

    fn oidc(&self) -> Result<AssumeRoleWithOidc, Miss> {
        let mut role = AssumeRoleWithOidc::new()
            .role_arn(self.need("ram_role_arn")?)
            .provider_arn(self.need("oidc_provider_arn")?)
            .token_file(self.need("oidc_token_file")?);
        if let Some(seconds) = self.number("expired_seconds")? {
            role = role.duration(Duration::from_secs(seconds));
        }
        role = self.get("ram_session_name")?.into_iter().fold(role, AssumeRoleWithOidc::session_name);
        Ok(self.get("sts_region")?.into_iter().fold(role, AssumeRoleWithOidc::sts_region))
    }

    async fn chained(&self, context: &Context, chain: &mut Vec<String>) -> Result<Credentials, Miss> {
        let source = self.need("source_profile")?;
        chain.push(self.name.clone());
        if chain.iter().any(|name| name == source) {
            return fails(format!("`source_profile` of {self} leads in a circle: {} -> {source}", chain.join(" -> ")));
        }
        let source = match self.file.profile(Some(source)) {
            Err(Miss::Lacks(what)) => return fails(format!("`source_profile` of {self} leads nowhere: {what}")),
            source => source?,
        };
        let source = source.credentials(context, chain).await?;
        self.role(source)?.load(context).await
    }

    fn cloud_sso(&self) -> Result<CloudSso<'_>, Miss> {
        Ok(CloudSso {
            profile: self.to_string(),
            name: &self.name,
            sign_in_url: self.need("cloud_sso_sign_in_url")?,
            account: self.need("cloud_sso_account_id")?,
            access_configuration: self.need("cloud_sso_access_config")?,
            access_token: self.need("access_token")?,
            expires: self.number("cloud_sso_access_token_expire")?,
        })
    }

    async fn external(&self, context: &Context, chain: &mut Vec<String>) -> Result<Credentials, Miss> {
        if self.printed {
            return fails(format!("{self} names another command, and only the first is run"));
        }
        let printed = external::run(context, &self.to_string(), self.need("process_command")?).await?;
        let Some(keys) = printed.as_object() else { return fails(format!("the command of {self} prints no object")) };
        Profile { file: self.file, name: self.name.clone(), printed: true, keys }.credentials(context, chain).await
    }
}

impl fmt::Display for Profile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.printed {
            f.write_str("what the command prints for ")?;
        }
        write!(f, "the profile {:?} of {}", self.name, self.file.path.display())
    }
}
