//! The conformance kit passes sinks that keep the contract and finds those that do not.

use heapster_plugin as _;

#[cfg(test)]
mod sinks;

#[cfg(test)]
mod good {
    //! The sinks that keep the contract.

    mod lines {
        heapster_plugin::conform!(
            heapster_plugin,
            Kit::lines("lines:tcp://{address}?secret={secret}")
        );
    }
    mod frames {
        use crate::sinks::acknowledge;
        heapster_plugin::conform!(
            heapster_plugin,
            Kit::frames("frames:tcp://{address}", acknowledge)
        );
    }
    mod datagrams {
        heapster_plugin::conform!(heapster_plugin, Kit::datagrams("datagrams:udp://{address}"));
    }
    mod local {
        heapster_plugin::conform!(heapster_plugin, Kit::local("none:?secret={secret}"));
    }
}

#[cfg(test)]
mod bad {
    //! One broken rule each.

    use heapster_plugin::testkit::Kit;

    #[test]
    #[should_panic(expected = "build contacts nothing")]
    fn contact_in_build_is_found() {
        Kit::lines("eager:tcp://{address}").check("build_contacts_nothing");
    }

    #[test]
    #[should_panic(expected = "are all values of the batch")]
    fn values_that_are_not_accounted_for_are_found() {
        Kit::local("forgetful:").check("a_large_batch_arrives");
    }

    #[test]
    #[should_panic(expected = "a secret is shown")]
    fn a_secret_in_a_log_line_is_found() {
        Kit::local("talkative:?secret={secret}").check("a_slow_backend_is_waited_for");
    }

    #[test]
    #[should_panic(expected = "the data are worth another try")]
    fn data_that_are_condemned_for_a_dead_backend_are_found() {
        Kit::lines("harsh:tcp://{address}").check("a_backend_that_refuses_connections_is_retried");
    }

    #[test]
    #[should_panic(expected = "a backend that is well gets the batch")]
    fn a_connection_that_is_kept_after_a_deadline_is_found() {
        Kit::lines("stubborn:tcp://{address}").check("a_hanging_backend_costs_no_more_than_the_deadline");
    }

    #[test]
    #[should_panic(expected = "is one of the batch")]
    fn a_rest_that_was_never_in_the_batch_is_found() {
        Kit::local("inventive:").check("a_large_batch_arrives");
    }

    #[test]
    #[should_panic(expected = "a panic of the sink")]
    fn a_panic_is_found() {
        Kit::local("panicking:").check("any_batch_is_accounted_for");
    }
}
