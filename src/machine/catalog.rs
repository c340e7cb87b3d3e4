//! The packages one can install, and the services they bring.

/// A package of the distributions' repositories.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Package {
    /// Its name.
    pub name: &'static str,
    /// The version shown when it is installed.
    pub version: &'static str,
    /// The service it brings.
    pub service: Option<&'static str>,
}

/// A service and what it listens on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ServiceKind {
    /// Its name to systemd.
    pub name: &'static str,
    /// What `systemctl status` calls it.
    pub description: &'static str,
    /// The TCP ports it listens on, on every address.
    pub ports: &'static [u16],
    /// The folder whose files it serves over HTTP.
    pub web_root: Option<&'static str>,
}

const PACKAGES: &[Package] = &[
    Package {
        name: "apache2",
        version: "2.4.58",
        service: Some("apache2"),
    },
    Package {
        name: "git",
        version: "2.47.1",
        service: None,
    },
    Package {
        name: "httpd",
        version: "2.4.62",
        service: Some("httpd"),
    },
    Package {
        name: "nginx",
        version: "1.26.3",
        service: Some("nginx"),
    },
    // It comes with an image only: installed by hand it would want its database made first.
    Package {
        name: "postgresql15-server",
        version: "15.12",
        service: Some("postgresql"),
    },
];

const SERVICES: &[ServiceKind] = &[
    ServiceKind {
        name: "apache2",
        description: "The Apache HTTP Server",
        ports: &[80],
        web_root: Some("/var/www/html"),
    },
    ServiceKind {
        name: "httpd",
        description: "The Apache HTTP Server",
        ports: &[80],
        web_root: Some("/var/www/html"),
    },
    ServiceKind {
        name: "nginx",
        description: "The nginx HTTP and reverse proxy server",
        ports: &[80],
        web_root: Some("/usr/share/nginx/html"),
    },
    ServiceKind {
        name: "postgresql",
        description: "PostgreSQL database server",
        ports: &[5432],
        web_root: None,
    },
    ServiceKind {
        name: "sshd",
        description: "OpenSSH server daemon",
        ports: &[22],
        web_root: None,
    },
];

/// Every package there is, by name.
pub fn packages() -> &'static [Package] {
    PACKAGES
}

/// The package called `name`.
pub fn package(name: &str) -> Option<&'static Package> {
    PACKAGES.iter().find(|package| package.name == name)
}

/// The service called `name`.
pub fn service_kind(name: &str) -> Option<&'static ServiceKind> {
    SERVICES.iter().find(|service| service.name == name)
}
