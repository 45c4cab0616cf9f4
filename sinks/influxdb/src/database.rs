//! The database and its retention policy on the server: made when they are not there, found when they are otherwise.
//!
//! Nothing here keeps data from being written: a user who may not make databases writes to one that an administrator made. What
//! was refused is remembered, for the text of a write that then fails.
//!
//! Source: Heapster 1.5 common/influxdb/influxdb.go, metrics/sinks/influxdb/influxdb.go; the answers are those of InfluxDB 1.6.

use crate::client::{Client, Trouble};
use crate::config::Target;
use crate::reply::{Meaning, policies};
use http::Method;
use tokio::time::Instant;

/// What is known of them.
#[derive(Default, Debug)]
pub(crate) struct Database {
    /// They were asked for since the server last failed.
    ready: bool,
    /// The policy to name is not there: lines go to the database's default.
    without_policy: bool,
    /// What the server said to the last refused statement.
    trouble: Option<String>,
}

impl Database {
    /// Sees to it that they are there, once. Buckets are made by their operators.
    ///
    /// # Errors
    /// One line: the server cannot be reached, or does not work.
    pub(crate) async fn prepare(&mut self, client: &Client, deadline: Instant) -> Result<(), String> {
        let Target::Database {
            name,
            policy,
            retention,
        } = &client.target
        else {
            return Ok(());
        };
        if self.ready {
            return Ok(());
        }
        *self = Self::default();
        let made = match client.ping(deadline).await {
            Ok(()) => {
                self.make(client, name, policy, retention.as_deref(), deadline)
                    .await
            }
            Err(trouble) => Err(trouble),
        };
        match made {
            Err(Trouble::Passing(text)) => return Err(text),
            Err(Trouble::Refused(text)) => {
                tracing::warn!(
                    sink = "InfluxDB Sink",
                    "database {name:?} is taken as it is: {text}"
                );
                self.trouble = Some(text);
            }
            Ok(()) => tracing::info!("InfluxDB at {} has database {name:?}", client.address()),
        }
        self.ready = true;
        Ok(())
    }

    async fn make(
        &mut self,
        client: &Client,
        name: &str,
        policy: &str,
        retention: Option<&str>,
        deadline: Instant,
    ) -> Result<(), Trouble> {
        let (database, quoted) = (quote(name), quote(policy));
        let duration = retention.map_or_else(String::new, |time| format!("DURATION {time} REPLICATION 1 "));
        let options = match policy {
            "" => String::new(),
            _ => format!(" WITH {duration}NAME {quoted}"),
        };
        let create = format!("CREATE DATABASE {database}{options}");
        let conflict = match client.statement(Method::GET, &create, deadline).await {
            Err(Trouble::Refused(text)) if text.contains("conflicts with an existing policy") => true,
            Err(Trouble::Refused(text)) if text.contains("database already exists") => false,
            other => return other.map(drop),
        };
        let Some(time) = retention else {
            return match conflict {
                true => self.look_for_policy(client, name, policy, deadline).await,
                false => Ok(()),
            };
        };
        let alter = format!("ALTER RETENTION POLICY {quoted} ON {database} DURATION {time}");
        match client.statement(Method::POST, &alter, deadline).await {
            // Not the database's default: others may write to it, and their data must not get this retention.
            Err(Trouble::Refused(text)) if text.contains("retention policy not found") => {
                let make =
                    format!("CREATE RETENTION POLICY {quoted} ON {database} DURATION {time} REPLICATION 1");
                client.statement(Method::POST, &make, deadline).await.map(drop)
            }
            other => other.map(drop),
        }
    }

    /// Somebody else made the database: is there a policy of this name?
    async fn look_for_policy(
        &mut self,
        client: &Client,
        name: &str,
        policy: &str,
        deadline: Instant,
    ) -> Result<(), Trouble> {
        let show = format!("SHOW RETENTION POLICIES ON {}", quote(name));
        let answer = client.statement(Method::GET, &show, deadline).await?;
        if !policies(&answer).any(|known| known == policy) {
            self.leave_policy(policy);
        }
        Ok(())
    }

    fn leave_policy(&mut self, policy: &str) {
        self.without_policy = true;
        let sink = "InfluxDB Sink";
        tracing::warn!(
            sink,
            "no retention policy {policy:?}: the database's default is written to"
        );
    }

    /// The path for lines.
    pub(crate) fn write_path(&self, client: &Client) -> String {
        match &client.target {
            Target::Database { policy, .. } if !self.without_policy => client.write_path(policy),
            Target::Database { .. } | Target::Bucket { .. } => client.write_path(""),
        }
    }

    /// The server was not there: what it holds may have changed when it is again.
    pub(crate) fn forget(&mut self) {
        self.ready = false;
    }

    /// Takes note of what a write brought to light, and adds to its `text` what explains it.
    pub(crate) fn learn(&mut self, client: &Client, meaning: &Meaning, text: &mut String) {
        match (meaning, &client.target) {
            (Meaning::NoDatabase, _) => self.ready = false,
            (
                Meaning::NoPolicy,
                Target::Database {
                    policy, retention, ..
                },
            ) => {
                if retention.is_none() || self.trouble.is_some() {
                    self.leave_policy(policy);
                } else {
                    self.ready = false;
                }
            }
            _ => return,
        }
        if let Some(trouble) = &self.trouble {
            text.push_str("; making it was refused: ");
            text.push_str(trouble);
        }
    }
}

/// An identifier of InfluxQL.
pub(crate) fn quote(name: &str) -> String {
    let escaped = name
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n");
    format!("\"{escaped}\"")
}
