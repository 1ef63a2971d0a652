//! The program `dataworks-emulator`.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::client::{Client, OLD};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dataworks-emulator"));
    command.args(arguments).env_remove("DATAWORKS_EMULATOR_ACCESS_KEY_SECRET").kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Waits until it says where it listens.
async fn ready(child: &mut Child) -> String {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    line.strip_prefix("listening on http://").unwrap_or_else(|| panic!("{line}")).to_owned()
}

fn client(addr: String, secret: &str) -> Client {
    Client { addr, key: "me".into(), secret: secret.into(), token: None, now: std::time::SystemTime::now() }
}

#[cfg(unix)]
#[tokio::test]
async fn it_says_when_it_is_ready_and_ends_on_a_signal() {
    for signal in ["-TERM", "-INT"] {
        let arguments = ["--listen", "127.0.0.1:0", "--access-key-id", "me", "--access-key-secret", "mine"];
        let mut child = program(&arguments).spawn().unwrap();
        let addr = ready(&mut child).await;
        assert!(addr.starts_with("127.0.0.1:") && !addr.ends_with(":0"), "{addr}");
        client(addr.clone(), "mine").ok(OLD, "ListProjects", &[]).await;
        let id = child.id().unwrap().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().await.unwrap().success());
        let output = child.wait_with_output().await.unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{signal}");
    }
}

#[tokio::test]
async fn the_secret_comes_from_the_environment_too() {
    let arguments = ["--listen", "127.0.0.1:0", "--access-key-id", "me"];
    let mut child = program(&arguments).env("DATAWORKS_EMULATOR_ACCESS_KEY_SECRET", "hidden").spawn().unwrap();
    let addr = ready(&mut child).await;
    client(addr, "hidden").ok(OLD, "ListProjects", &[]).await;
    child.kill().await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_is_said() {
    for (arguments, code, word) in [
        (&["--listen", "here"][..], 2, "--listen"),
        (&["--listen", "0.0.0.0:0"][..], 2, "--allow-remote"),
        (&["--speed", "0"][..], 2, "a number above 0"),
        (&["--colour"][..], 2, "--colour"),
    ] {
        let output = program(arguments).output().await.unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(code) && text.contains(word), "{arguments:?}: {text}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let output = program(&["--listen", &addr]).output().await.unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && text.contains(&addr), "{text}");
}
