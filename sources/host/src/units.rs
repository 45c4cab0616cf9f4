//! Which cgroups are system containers, by their names.

/// systemd's units that hold no processes of their own for long: their cgroups show nothing.
const SHORT_LIVED: &[&str] = &[
    ".mount",
    ".automount",
    ".socket",
    ".swap",
    ".device",
    ".timer",
    ".path",
    ".target",
];
/// So many hexadecimal digits in a row are an id: a UUID and the hash of a static pod have 32, a container's id has 64.
const ID_DIGITS: usize = 32;

/// Whether the cgroup `name` right below `parent` is a system container; `ids` says whether one named by an id is.
///
/// Below a service or scope only other units count: what a service does inside itself is its own affair.
pub(crate) fn is_system_container(parent: &str, name: &str, ids: bool) -> bool {
    if SHORT_LIVED.iter().any(|ending| name.ends_with(ending)) || (!ids && has_id(name)) {
        return false;
    }
    is_process_unit(name) || name.ends_with(".slice") || !is_process_unit(parent)
}

fn is_process_unit(name: &str) -> bool {
    name.ends_with(".service") || name.ends_with(".scope")
}

/// Whether the name holds an id, such as `docker-ID.scope`, `kubepods-burstable-podUID.slice` or `run-rID.scope`. Dashes and
/// underscores inside do not matter.
fn has_id(name: &str) -> bool {
    let mut digits = 0;
    for byte in name.bytes() {
        match byte {
            b'-' | b'_' => {}
            byte if byte.is_ascii_hexdigit() => digits += 1,
            _ => digits = 0,
        }
        if digits == ID_DIGITS {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4c01db0b339c4c01db0b339c4c01db0b339c4c01db0b339c4c01db0b339c4c01";

    #[test]
    fn services_slices_and_plain_cgroups_are_system_containers() {
        for (parent, name) in [
            ("", "system.slice"),
            ("", "init.scope"),
            ("system.slice", "ssh.service"),
            ("", "docker"),
            ("", "lxc.payload.web"),
            ("user.slice/user-1000.slice/user@1000.service", "app.slice"),
        ] {
            assert!(is_system_container(parent, name, false), "{parent}/{name}");
        }
    }

    #[test]
    fn what_is_inside_a_service_and_what_holds_no_processes_is_left_out() {
        assert!(!is_system_container(
            "system.slice/docker.service",
            "supervise",
            true
        ));
        assert!(!is_system_container("system.slice", "boot-efi.mount", true));
        assert!(!is_system_container("system.slice", "dbus.socket", true));
    }

    #[test]
    fn a_name_with_an_id_counts_only_when_asked_for() {
        let uid = "0d3b1f6e_5a52_4b4c_9d0e_3f6b8a7c1d2e";
        let names = [
            ID.to_owned(),
            format!("docker-{ID}.scope"),
            format!("cri-containerd-{ID}.scope"),
            format!("kubepods-burstable-pod{uid}.slice"),
            format!("pod{}", uid.replace('_', "-")),
        ];
        for name in names {
            assert!(!is_system_container("system.slice", &name, false), "{name}");
            assert!(is_system_container("system.slice", &name, true), "{name}");
        }
    }
}
