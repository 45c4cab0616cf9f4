//! Which nodes, and with which credentials.

use super::{API_KEY, API_KEY_FILE, AWS, NODES, SECRET, SECRET_FILE, USER};
use crate::sign::Signer;
use heapster_httpclient::{Auth, options as http};
use heapster_plugin::cluster::Token;
use heapster_plugin::options::{OptionError, Options};
use heapster_plugin::uri::{Uri, redact};
use std::sync::Arc;

/// A user name and its password.
pub(super) type User = (String, String);

/// How requests are signed.
#[derive(Debug)]
pub(super) struct Access {
    pub(super) auth: Auth,
    /// Whether the nodes are Amazon's.
    pub(super) aws: bool,
    /// Whether they are OpenSearch Serverless, which does not tell its version.
    pub(super) serverless: bool,
}

/// The addresses of `nodes`, else the URI's own, and the first user that one of them names.
///
/// Source: Heapster 1.5: the path of the URI is dropped, that of a node is kept.
/// Differs: a user in the URI itself is not dropped.
pub(super) fn nodes(uri: &Uri, options: &Options) -> Result<(Vec<String>, Option<User>), OptionError> {
    let mut addresses = Vec::new();
    let mut user = None;
    for node in options.all("nodes") {
        let parsed = Uri::parse(&format!("node:{node}"), |_| None)
            .map_err(|_| no_address(uri, node, "it is no URL"))?;
        let path = parsed.path.trim_end_matches('/');
        addresses.push(address(uri, &parsed, path, node)?);
        user = user.or_else(|| user_of(&parsed));
    }
    if addresses.is_empty() {
        if uri.scheme.is_empty() || uri.host.is_empty() {
            let reason = "no node assigned; give elasticsearch:http://HOST:PORT or nodes=http://HOST:PORT";
            return Err(http::refuse(uri, NODES, reason.to_owned()));
        }
        let shown = format!("{}://{}", uri.scheme, uri.host);
        addresses.push(address(uri, uri, "", &shown)?);
        user = user_of(uri);
    }
    Ok((addresses, user))
}

fn address(uri: &Uri, node: &Uri, path: &str, shown: &str) -> Result<String, OptionError> {
    let text = format!("{}://{}{path}", node.scheme, node.host);
    if !matches!(node.scheme.as_str(), "http" | "https") {
        return Err(no_address(
            uri,
            shown,
            "it begins with neither http:// nor https://",
        ));
    }
    Ok(text)
}

fn no_address(uri: &Uri, node: &str, why: &str) -> OptionError {
    http::refuse(uri, NODES, format!("{:?} is no address: {why}", redact(node)))
}

fn user_of(node: &Uri) -> Option<User> {
    let name = node.user.clone().filter(|name| !name.is_empty())?;
    Some((name, node.password.clone().unwrap_or_default()))
}

/// The one way to sign that the options name; without any, the user of an address; without one, the AWS keys of the
/// environment, as the original did in every case.
pub(super) fn access(
    uri: &Uri,
    options: &Options,
    nodes: &[String],
    user: Option<User>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Access, OptionError> {
    let token = http::secret(uri, options, http::TOKEN, http::TOKEN_FILE)?;
    let key = http::secret(uri, options, API_KEY, API_KEY_FILE)?;
    let password = http::secret(uri, options, SECRET, SECRET_FILE)?;
    let name = options.given(USER.name).filter(|name| !name.is_empty());
    let named = match (name, password) {
        (Some(name), Some(password)) => Some(Auth::basic(name, password)),
        (Some(_), None) | (None, Some(_)) => {
            tracing::warn!("elasticsearch: esUserName and esUserSecret have effect together only");
            None
        }
        (None, None) => None,
    };
    let given = [
        (USER, named),
        (API_KEY, key.map(|key| Auth::scheme("ApiKey ", key))),
        (http::TOKEN, token.map(Auth::bearer)),
    ];
    let mut given = given.into_iter().filter_map(|(opt, auth)| Some((opt, auth?)));
    let first = given.next();
    if let (Some((one, _)), Some((other, _))) = (&first, given.next()) {
        let reason = format!("there is also {:?}; give one of them", one.name);
        return Err(http::refuse(uri, other, reason));
    }
    let auth = match first {
        Some((_, auth)) => Some(auth),
        None => user.map(|(name, password)| Auth::basic(&name, Token::Inline(password.into()))),
    };
    let aws = match options.text("aws") {
        "true" => true,
        "false" => false,
        _ => auth.is_none() && KEYS.iter().flatten().any(|name| variable(name).is_some()),
    };
    if !aws {
        return Ok(Access {
            auth: auth.unwrap_or_default(),
            aws,
            serverless: false,
        });
    }
    if auth.is_some() {
        let reason = "there is also a user, an API key or a token; give one of them".to_owned();
        return Err(http::refuse(uri, AWS, reason));
    }
    let signer = signer(uri, options, variable)?;
    let serverless =
        signer.service.as_deref() == Some("aoss") || nodes.iter().any(|node| node.contains(".aoss."));
    Ok(Access {
        auth: Auth::signed(Arc::new(signer)),
        aws,
        serverless,
    })
}

/// The names of the id and of the secret.
const KEYS: [[&str; 2]; 2] = [
    ["AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"],
    ["AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"],
];

fn signer(
    uri: &Uri,
    options: &Options,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Signer, OptionError> {
    let first = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| variable(name))
            .filter(|text| !text.is_empty())
    };
    let need = |names: &[&str]| {
        let missing = || {
            format!(
                "requests cannot be signed: {} is not in the environment",
                names.join(" or ")
            )
        };
        first(names).ok_or_else(|| http::refuse(uri, AWS, missing()))
    };
    let [id, secret] = KEYS;
    let option = |name| {
        options
            .given(name)
            .filter(|text| !text.is_empty())
            .map(ToOwned::to_owned)
    };
    Ok(Signer {
        id: need(&id)?,
        secret: need(&secret)?,
        session: first(&["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"]),
        region: option("awsRegion"),
        default_region: first(&["AWS_REGION", "AWS_DEFAULT_REGION"]),
        service: option("awsService"),
    })
}
