//! Prism between lockgate and the fake GitHub: it lets pass only what GitHub's published description
//! of its API allows, requests and answers alike.

use crate::hub::Hub;
use crate::programs::{command, repository, tool};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What Prism has to start in.
const START: Duration = Duration::from_secs(60);

/// The proxy; it ends with the test.
pub struct Prism {
    child: Child,
    folder: TempDir,
}

impl Prism {
    /// Puts a proxy before the server, which from now on says that it is where the proxy is.
    pub fn before(hub: &Hub) -> Self {
        let folder = TempDir::new().unwrap();
        let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = free.local_addr().unwrap().port().to_string();
        drop(free);
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let node = tool("prism");
        // Not under `timeout`, whose end would leave Prism behind.
        let direct = command(&node, folder.path());
        let mut start = std::process::Command::new(&node);
        start.env_clear().envs(
            direct
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        let child = start
            .args(["proxy", "--errors", "--host", "127.0.0.1", "--port", &port])
            .arg(repository().join("tests/fixtures/github/api.json"))
            .arg(hub.api())
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let prism = Self { child, folder };
        let started = Instant::now();
        while !prism.log().contains("is listening") {
            assert!(
                started.elapsed() < START,
                "Prism does not start: {}",
                prism.log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        let mut state = hub.state();
        state.api = format!("http://127.0.0.1:{port}");
        // The description knows repositories by their names only.
        state.links_by_number = false;
        prism
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.path()).unwrap()
    }

    /// What Prism found wrong so far, one line each.
    pub fn violations(&self) -> Vec<String> {
        let log = self.log();
        let lines = log
            .lines()
            .filter(|line| line.contains("✖") || line.contains("VIOLATIONS"));
        lines.map(str::to_owned).collect()
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
