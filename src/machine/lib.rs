//! The inside of a computer as plain state: files with owner and mode, users, packages, and
//! services with the ports they listen on and what they answer.
//!
//! **Invariant:** nothing runs here and nothing is reached from here. A shell decides what a
//! command does and says it as an [`Act`]; the network asks for [`Machine::listeners`].

mod catalog;
mod files;

pub use catalog::{Package, ServiceKind, package, packages, service_kind};
pub use files::{Entry, FileError, Node, normalize};

use files::Files;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

/// The operating system of a machine.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Os {
    /// The student's own computer.
    Laptop,
    /// Amazon Linux 2023.
    AmazonLinux2023,
    /// Ubuntu Server.
    Ubuntu,
}

impl Os {
    /// The user that one signs in as.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/managing-users.html>
    pub fn default_user(self) -> &'static str {
        match self {
            Os::Laptop => "student",
            Os::AmazonLinux2023 => "ec2-user",
            Os::Ubuntu => "ubuntu",
        }
    }
}

/// What a program listens on.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Listener {
    /// `true` for UDP, else TCP.
    pub udp: bool,
    /// The port.
    pub port: u16,
    /// Does it listen on 127.0.0.1 only?
    pub loopback_only: bool,
    /// The service behind it, e.g. `httpd`.
    pub service: String,
}

/// A service that systemd knows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct ServiceState {
    /// Does it run now?
    pub running: bool,
    /// Does it start at boot?
    pub enabled: bool,
}

/// A change of a machine's inside. `user` is who does it; `root` may do all.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Act {
    /// Makes or replaces a file; `mode` only where it is new, else 0644.
    Write {
        /// Who writes.
        user: String,
        /// The absolute path.
        path: String,
        /// What the file holds afterwards.
        bytes: Vec<u8>,
        /// The mode of a new file.
        mode: Option<u16>,
    },
    /// Makes a folder, with those above it if `parents`.
    MakeFolder {
        /// Who makes it.
        user: String,
        /// The absolute path.
        path: String,
        /// Make the folders above it too, and don't mind if it is there.
        parents: bool,
    },
    /// Removes a file, or with `recursive` a folder and all in it.
    Remove {
        /// Who removes it.
        user: String,
        /// The absolute path.
        path: String,
        /// Remove folders and what is in them.
        recursive: bool,
    },
    /// Moves a file or folder.
    Rename {
        /// Who moves it.
        user: String,
        /// The absolute path as it is.
        from: String,
        /// The absolute path as it is to be.
        to: String,
    },
    /// Sets the mode bits of a file or folder.
    ChangeMode {
        /// Who sets them.
        user: String,
        /// The absolute path.
        path: String,
        /// The nine permission bits.
        mode: u16,
    },
    /// Sets the owner of a file or folder; only root may.
    ChangeOwner {
        /// Who sets it.
        user: String,
        /// The absolute path.
        path: String,
        /// The new owner.
        owner: String,
    },
    /// Installs a package of the catalog (the download is the network's affair).
    Install {
        /// Its name.
        package: String,
    },
    /// Removes a package, and stops its service.
    Uninstall {
        /// Its name.
        package: String,
    },
    /// Starts, stops, enables or disables a service: `None` leaves as it is.
    Service {
        /// Its name, e.g. `httpd`.
        name: String,
        /// Run it or stop it.
        running: Option<bool>,
        /// Start it at boot or not.
        enabled: Option<bool>,
    },
    /// The machine boots: services that are enabled run, all others don't.
    Boot,
}

/// Why a machine refused an act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MachineError {
    /// Something about a file.
    File(FileError),
    /// There is no such package.
    NoPackage(String),
    /// There is no such service.
    NoService(String),
}

impl fmt::Display for MachineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MachineError::File(error) => error.fmt(f),
            MachineError::NoPackage(name) => write!(f, "No match for argument: {name}"),
            MachineError::NoService(name) => write!(f, "Unit {name}.service not found."),
        }
    }
}

impl std::error::Error for MachineError {}

/// One computer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Machine {
    /// Its name, as `hostname` prints it.
    pub hostname: String,
    /// What runs on it.
    pub os: Os,
    users: BTreeSet<String>,
    files: Files,
    packages: BTreeSet<String>,
    services: BTreeMap<String, ServiceState>,
}

impl Machine {
    /// A computer as it comes out of the box: a default user with a home folder, no packages.
    /// Everything but a laptop runs `sshd`.
    pub fn new(hostname: impl Into<String>, os: Os) -> Self {
        let user = os.default_user();
        let mut machine = Machine {
            hostname: hostname.into(),
            os,
            users: BTreeSet::from(["root".to_owned(), user.to_owned()]),
            files: Files::new(user),
            packages: BTreeSet::new(),
            services: BTreeMap::new(),
        };
        if os != Os::Laptop {
            let on = ServiceState {
                running: true,
                enabled: true,
            };
            machine.services.insert("sshd".to_owned(), on);
        }
        machine
    }

    /// The same with a package installed and its service running and enabled.
    #[must_use]
    pub fn with_service(mut self, package: &str) -> Self {
        self.install(package);
        if let Some(service) = catalog::package(package).and_then(|package| package.service) {
            let on = ServiceState {
                running: true,
                enabled: true,
            };
            self.services.insert(service.to_owned(), on);
        }
        self
    }

    /// Does the user exist here?
    pub fn has_user(&self, user: &str) -> bool {
        self.users.contains(user)
    }

    /// The home folder of `user`.
    pub fn home(&self, user: &str) -> String {
        if user == "root" {
            "/root".to_owned()
        } else {
            format!("/home/{user}")
        }
    }

    /// Is the package installed?
    pub fn has_package(&self, name: &str) -> bool {
        self.packages.contains(name)
    }

    /// The services by name.
    pub fn services(&self) -> impl Iterator<Item = (&str, ServiceState)> {
        self.services
            .iter()
            .map(|(name, state)| (name.as_str(), *state))
    }

    /// The state of a service; `None` where there is no such service.
    pub fn service(&self, name: &str) -> Option<ServiceState> {
        self.services.get(name).copied()
    }

    /// What listens now: the ports of all services that run.
    pub fn listeners(&self) -> Vec<Listener> {
        self.services
            .iter()
            .filter(|(_, state)| state.running)
            .filter_map(|(name, _)| catalog::service_kind(name))
            .flat_map(|kind| {
                kind.ports.iter().map(|port| Listener {
                    udp: false,
                    port: *port,
                    loopback_only: false,
                    service: kind.name.to_owned(),
                })
            })
            .collect()
    }

    /// Does something listen on `port`, for connections from other machines?
    pub fn listens(&self, udp: bool, port: u16) -> bool {
        self.listeners()
            .iter()
            .any(|listener| listener.port == port && listener.udp == udp && !listener.loopback_only)
    }

    /// What the web server of this machine answers on `port` for `path`: status and body.
    /// `None` where no web server listens there.
    pub fn http(&self, port: u16, path: &str) -> Option<(u16, Vec<u8>)> {
        let listener = self
            .listeners()
            .into_iter()
            .find(|listener| listener.port == port && !listener.udp)?;
        let root = catalog::service_kind(&listener.service)?.web_root?;
        let path = path.split(['?', '#']).next().unwrap_or("/");
        let mut file = normalize(root, path.trim_start_matches('/'));
        if !file.starts_with(root) {
            return Some((404, Vec::new()));
        }
        if matches!(self.node(&file), Some(Node::Folder { .. })) {
            file = normalize(&file, "index.html");
        }
        match self.node(&file) {
            Some(Node::File { bytes, .. }) => Some((200, bytes.to_vec())),
            _ if path == "/" || path.is_empty() => {
                let name = &self.hostname;
                let page = format!("<html><body><h1>It works!</h1><p>{name}</p></body></html>\n");
                Some((200, page.into_bytes()))
            }
            _ => Some((404, Vec::new())),
        }
    }

    /// The file or folder at an absolute path.
    pub fn node(&self, path: &str) -> Option<&Node> {
        self.files.get(path)
    }

    /// What `user` reads in the file at an absolute path.
    pub fn read(&self, user: &str, path: &str) -> Result<Rc<[u8]>, FileError> {
        self.files.read(user, path)
    }

    /// The names in a folder, as `user` sees them.
    pub fn list(&self, user: &str, path: &str) -> Result<Vec<Entry>, FileError> {
        self.files.list(user, path)
    }

    /// Does the act; the machine is unchanged where it is refused.
    pub fn apply(&mut self, act: &Act) -> Result<(), MachineError> {
        match act {
            Act::Write {
                user,
                path,
                bytes,
                mode,
            } => self.files.write(user, path, bytes, *mode),
            Act::MakeFolder {
                user,
                path,
                parents,
            } => self.files.make_folder(user, path, *parents),
            Act::Remove {
                user,
                path,
                recursive,
            } => self.files.remove(user, path, *recursive),
            Act::Rename { user, from, to } => self.files.rename(user, from, to),
            Act::ChangeMode { user, path, mode } => self.files.change_mode(user, path, *mode),
            Act::ChangeOwner { user, path, owner } => self.files.change_owner(user, path, owner),
            Act::Install { package } => {
                if !self.install(package) {
                    return Err(MachineError::NoPackage(package.clone()));
                }
                Ok(())
            }
            Act::Uninstall { package } => {
                if !self.packages.remove(package) {
                    return Err(MachineError::NoPackage(package.clone()));
                }
                if let Some(service) = catalog::package(package).and_then(|it| it.service) {
                    self.services.remove(service);
                }
                Ok(())
            }
            Act::Service {
                name,
                running,
                enabled,
            } => {
                let Some(state) = self.services.get_mut(name) else {
                    return Err(MachineError::NoService(name.clone()));
                };
                state.running = running.unwrap_or(state.running);
                state.enabled = enabled.unwrap_or(state.enabled);
                Ok(())
            }
            Act::Boot => {
                for state in self.services.values_mut() {
                    state.running = state.enabled;
                }
                Ok(())
            }
        }
        .map_err(MachineError::File)
    }

    fn install(&mut self, name: &str) -> bool {
        let Some(package) = catalog::package(name) else {
            return false;
        };
        self.packages.insert(name.to_owned());
        if let Some(service) = package.service {
            self.services.entry(service.to_owned()).or_default();
            let kind = catalog::service_kind(service);
            if let Some(root) = kind.and_then(|kind| kind.web_root) {
                // A package may bring its folder twice; the second time it is there already.
                let _ = self.files.make_folder("root", root, true);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(name: &str, running: Option<bool>, enabled: Option<bool>) -> Act {
        Act::Service {
            name: name.to_owned(),
            running,
            enabled,
        }
    }

    #[test]
    fn an_installed_web_server_listens_only_once_it_runs() {
        let mut host = Machine::new("ip-10-0-0-4", Os::AmazonLinux2023);
        assert!(host.listens(false, 22));
        assert!(host.apply(&service("httpd", Some(true), None)).is_err());
        let install = Act::Install {
            package: "httpd".to_owned(),
        };
        host.apply(&install).unwrap();
        assert!(!host.listens(false, 80));
        host.apply(&service("httpd", Some(true), None)).unwrap();
        assert!(host.listens(false, 80));
        assert_eq!(host.http(80, "/").unwrap().0, 200);
    }

    #[test]
    fn a_boot_starts_what_is_enabled_and_nothing_else() {
        for enabled in [false, true] {
            let mut host = Machine::new("h", Os::AmazonLinux2023);
            let install = Act::Install {
                package: "nginx".to_owned(),
            };
            host.apply(&install).unwrap();
            host.apply(&service("nginx", Some(true), Some(enabled)))
                .unwrap();
            host.apply(&Act::Boot).unwrap();
            assert_eq!(host.listens(false, 80), enabled);
        }
    }

    #[test]
    fn a_web_server_answers_with_its_files() {
        let mut host = Machine::new("h", Os::AmazonLinux2023).with_service("httpd");
        let write = Act::Write {
            user: "root".to_owned(),
            path: "/var/www/html/index.html".to_owned(),
            bytes: b"hello".to_vec(),
            mode: None,
        };
        host.apply(&write).unwrap();
        assert_eq!(host.http(80, "/"), Some((200, b"hello".to_vec())));
        assert_eq!(host.http(80, "/../../../etc/passwd").unwrap().0, 404);
        assert_eq!(host.http(81, "/"), None);
    }
}
