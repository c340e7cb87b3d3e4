//! A file tree with owners and modes.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

/// The most bytes that all files of a machine hold together.
const CAPACITY: usize = 4 << 20;
/// The most files and folders of a machine.
const MOST_NODES: usize = 5_000;

/// A file or a folder.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    /// A folder.
    Folder {
        /// Who owns it.
        owner: String,
        /// Its nine permission bits.
        mode: u16,
    },
    /// A file.
    File {
        /// Who owns it.
        owner: String,
        /// Its nine permission bits.
        mode: u16,
        /// What it holds.
        bytes: Rc<[u8]>,
    },
}

impl Node {
    /// Who owns it.
    pub fn owner(&self) -> &str {
        match self {
            Node::Folder { owner, .. } | Node::File { owner, .. } => owner,
        }
    }

    /// Its nine permission bits.
    pub fn mode(&self) -> u16 {
        match self {
            Node::Folder { mode, .. } | Node::File { mode, .. } => *mode,
        }
    }

    /// May `user` do what `bit` (4 read, 2 write, 1 enter) stands for?
    fn allows(&self, user: &str, bit: u16) -> bool {
        let shift = if self.owner() == user { 6 } else { 0 };
        user == "root" || self.mode() >> shift & bit != 0
    }
}

/// A name in a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The name, without the folder.
    pub name: String,
    /// What it is.
    pub node: Node,
}

/// Why a file could not be read or changed, in the words of Linux.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileError {
    /// `ENOENT`
    NotFound,
    /// `EEXIST`
    Exists,
    /// `EISDIR`
    IsFolder,
    /// `ENOTDIR`
    NotFolder,
    /// `ENOTEMPTY`
    NotEmpty,
    /// `EACCES`
    Denied,
    /// `ENOSPC`
    NoSpace,
    /// `EPERM`
    NotPermitted,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FileError::NotFound => "No such file or directory",
            FileError::Exists => "File exists",
            FileError::IsFolder => "Is a directory",
            FileError::NotFolder => "Not a directory",
            FileError::NotEmpty => "Directory not empty",
            FileError::Denied => "Permission denied",
            FileError::NoSpace => "No space left on device",
            FileError::NotPermitted => "Operation not permitted",
        })
    }
}

impl std::error::Error for FileError {}

/// The absolute path that `path` means in the folder `here`, without `.` and `..`.
pub fn normalize(here: &str, path: &str) -> String {
    let whole = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("{here}/{path}")
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    format!("/{}", parts.join("/"))
}

fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((folder, _)) => folder,
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Files(Rc<BTreeMap<String, Node>>);

impl Files {
    pub(crate) fn new(user: &str) -> Self {
        let mut nodes = BTreeMap::new();
        let mut folder = |path: String, owner: &str, mode| {
            let owner = owner.to_owned();
            nodes.insert(path, Node::Folder { owner, mode });
        };
        for path in [
            "/",
            "/etc",
            "/home",
            "/var",
            "/var/log",
            "/usr",
            "/usr/share",
        ] {
            folder(path.to_owned(), "root", 0o755);
        }
        folder("/tmp".to_owned(), "root", 0o777);
        folder("/root".to_owned(), "root", 0o700);
        folder(format!("/home/{user}"), user, 0o755);
        Files(Rc::new(nodes))
    }

    pub(crate) fn get(&self, path: &str) -> Option<&Node> {
        self.0.get(path)
    }

    /// The node, if `user` may enter every folder above it.
    fn find(&self, user: &str, path: &str) -> Result<&Node, FileError> {
        let mut above = parent(path);
        while above != "/" {
            match self.get(above) {
                Some(folder @ Node::Folder { .. }) if folder.allows(user, 1) => {}
                Some(Node::Folder { .. }) => return Err(FileError::Denied),
                Some(Node::File { .. }) => return Err(FileError::NotFolder),
                None => return Err(FileError::NotFound),
            }
            above = parent(above);
        }
        self.get(path).ok_or(FileError::NotFound)
    }

    /// May `user` make, move or remove names in the folder of `path`?
    fn may_change_folder_of(&self, user: &str, path: &str) -> Result<(), FileError> {
        match self.find(user, parent(path))? {
            folder @ Node::Folder { .. } if folder.allows(user, 2) => Ok(()),
            Node::Folder { .. } => Err(FileError::Denied),
            Node::File { .. } => Err(FileError::NotFolder),
        }
    }

    pub(crate) fn read(&self, user: &str, path: &str) -> Result<Rc<[u8]>, FileError> {
        match self.find(user, path)? {
            Node::Folder { .. } => Err(FileError::IsFolder),
            node @ Node::File { bytes, .. } if node.allows(user, 4) => Ok(bytes.clone()),
            Node::File { .. } => Err(FileError::Denied),
        }
    }

    pub(crate) fn list(&self, user: &str, path: &str) -> Result<Vec<Entry>, FileError> {
        let node = self.find(user, path)?;
        if matches!(node, Node::File { .. }) {
            return Err(FileError::NotFolder);
        }
        if !node.allows(user, 4) {
            return Err(FileError::Denied);
        }
        let inside = if path == "/" {
            "/".to_owned()
        } else {
            format!("{path}/")
        };
        Ok(self
            .0
            .range(inside.clone()..)
            .take_while(|(path, _)| path.starts_with(&inside))
            .filter_map(|(path, node)| {
                let name = path.strip_prefix(&inside)?;
                (!name.is_empty() && !name.contains('/')).then(|| Entry {
                    name: name.to_owned(),
                    node: node.clone(),
                })
            })
            .collect())
    }

    fn room_for(&self, path: &str, bytes: usize) -> Result<(), FileError> {
        let used: usize = self
            .0
            .iter()
            .filter(|(other, _)| *other != path)
            .map(|(_, node)| match node {
                Node::File { bytes, .. } => bytes.len(),
                Node::Folder { .. } => 0,
            })
            .sum();
        let full = self.0.len() >= MOST_NODES && !self.0.contains_key(path);
        if full || used.saturating_add(bytes) > CAPACITY {
            return Err(FileError::NoSpace);
        }
        Ok(())
    }

    pub(crate) fn write(
        &mut self,
        user: &str,
        path: &str,
        bytes: &[u8],
        mode: Option<u16>,
    ) -> Result<(), FileError> {
        let (owner, mode) = match self.find(user, path) {
            Ok(Node::Folder { .. }) => return Err(FileError::IsFolder),
            Ok(node) if node.allows(user, 2) => (node.owner().to_owned(), node.mode()),
            Ok(_) => return Err(FileError::Denied),
            Err(FileError::NotFound) => {
                self.may_change_folder_of(user, path)?;
                (user.to_owned(), mode.unwrap_or(0o644))
            }
            Err(error) => return Err(error),
        };
        self.room_for(path, bytes.len())?;
        let file = Node::File {
            owner,
            mode,
            bytes: bytes.into(),
        };
        Rc::make_mut(&mut self.0).insert(path.to_owned(), file);
        Ok(())
    }

    pub(crate) fn make_folder(
        &mut self,
        user: &str,
        path: &str,
        parents: bool,
    ) -> Result<(), FileError> {
        if let Some(node) = self.get(path) {
            return match node {
                Node::Folder { .. } if parents => Ok(()),
                _ => Err(FileError::Exists),
            };
        }
        if parents && self.get(parent(path)).is_none() {
            self.make_folder(user, parent(path), true)?;
        }
        self.may_change_folder_of(user, path)?;
        self.room_for(path, 0)?;
        let folder = Node::Folder {
            owner: user.to_owned(),
            mode: 0o755,
        };
        Rc::make_mut(&mut self.0).insert(path.to_owned(), folder);
        Ok(())
    }

    pub(crate) fn remove(
        &mut self,
        user: &str,
        path: &str,
        recursive: bool,
    ) -> Result<(), FileError> {
        let node = self.find(user, path)?;
        if matches!(node, Node::Folder { .. }) && !recursive {
            return Err(FileError::IsFolder);
        }
        if path == "/" {
            return Err(FileError::NotPermitted);
        }
        self.may_change_folder_of(user, path)?;
        let inside = format!("{path}/");
        Rc::make_mut(&mut self.0).retain(|other, _| other != path && !other.starts_with(&inside));
        Ok(())
    }

    pub(crate) fn rename(&mut self, user: &str, from: &str, to: &str) -> Result<(), FileError> {
        self.find(user, from)?;
        if from == to {
            return Ok(());
        }
        if to.starts_with(&format!("{from}/")) || from == "/" {
            return Err(FileError::NotPermitted);
        }
        if let Some(Node::Folder { .. }) = self.get(to) {
            return Err(FileError::Exists);
        }
        self.may_change_folder_of(user, from)?;
        self.may_change_folder_of(user, to)?;
        let inside = format!("{from}/");
        let nodes = Rc::make_mut(&mut self.0);
        let moved: Vec<String> = nodes
            .keys()
            .filter(|path| *path == from || path.starts_with(&inside))
            .cloned()
            .collect();
        for path in moved {
            if let (Some(node), Some(tail)) = (nodes.remove(&path), path.strip_prefix(from)) {
                nodes.insert(format!("{to}{tail}"), node);
            }
        }
        Ok(())
    }

    fn own(&mut self, user: &str, path: &str) -> Result<&mut Node, FileError> {
        let node = self.find(user, path)?;
        if user != "root" && node.owner() != user {
            return Err(FileError::NotPermitted);
        }
        Rc::make_mut(&mut self.0)
            .get_mut(path)
            .ok_or(FileError::NotFound)
    }

    pub(crate) fn change_mode(
        &mut self,
        user: &str,
        path: &str,
        bits: u16,
    ) -> Result<(), FileError> {
        let (Node::Folder { mode, .. } | Node::File { mode, .. }) = self.own(user, path)?;
        *mode = bits & 0o777;
        Ok(())
    }

    pub(crate) fn change_owner(
        &mut self,
        user: &str,
        path: &str,
        name: &str,
    ) -> Result<(), FileError> {
        if user != "root" {
            self.find(user, path)?;
            return Err(FileError::NotPermitted);
        }
        let (Node::Folder { owner, .. } | Node::File { owner, .. }) = self.own(user, path)?;
        *owner = name.to_owned();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lose_dots() {
        assert_eq!(normalize("/home/student", "../x/./y"), "/home/x/y");
        assert_eq!(normalize("/home", "/a//b/"), "/a/b");
        assert_eq!(normalize("/", "../../.."), "/");
    }

    #[test]
    fn modes_decide_who_reads_and_writes() {
        let mut files = Files::new("student");
        let path = "/home/student/key.pem";
        files
            .write("student", path, b"secret", Some(0o600))
            .unwrap();
        assert_eq!(files.read("other", path), Err(FileError::Denied));
        files.change_mode("student", path, 0o644).unwrap();
        assert!(files.read("other", path).is_ok());
        assert_eq!(
            files.write("other", path, b"", None),
            Err(FileError::Denied)
        );
        files.change_mode("student", path, 0o400).unwrap();
        assert_eq!(
            files.write("student", path, b"", None),
            Err(FileError::Denied)
        );
        assert!(files.write("root", path, b"", None).is_ok());
        assert_eq!(
            files.write("student", "/etc/x", b"", None),
            Err(FileError::Denied)
        );
    }

    #[test]
    fn folders_are_made_listed_moved_and_removed() {
        let mut files = Files::new("student");
        assert_eq!(
            files.make_folder("student", "/home/student/a/b", false),
            Err(FileError::NotFound)
        );
        files
            .make_folder("student", "/home/student/a/b", true)
            .unwrap();
        files
            .write("student", "/home/student/a/b/f", b"1", None)
            .unwrap();
        files
            .rename("student", "/home/student/a", "/home/student/z")
            .unwrap();
        assert!(files.read("student", "/home/student/z/b/f").is_ok());
        assert_eq!(
            files.remove("student", "/home/student/z", false),
            Err(FileError::IsFolder)
        );
        files.remove("student", "/home/student/z", true).unwrap();
        let left = files.list("student", "/home/student").unwrap();
        assert!(left.is_empty(), "{left:?}");
    }

    #[test]
    fn a_disk_has_an_end() {
        let mut files = Files::new("student");
        let big = vec![0; CAPACITY];
        files.write("student", "/tmp/a", &big, None).unwrap();
        assert_eq!(
            files.write("student", "/tmp/b", b"x", None),
            Err(FileError::NoSpace)
        );
        assert!(files.write("student", "/tmp/a", b"x", None).is_ok());
    }
}
