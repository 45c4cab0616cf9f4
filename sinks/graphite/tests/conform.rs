//! What holds for every sink, over both protocols and with a connection that is kept.

mod tcp {
    heapster_plugin::conform!(heapster_sink_graphite, Kit::lines("graphite:tcp://{address}"));
}

mod tagged_and_kept {
    heapster_plugin::conform!(
        heapster_sink_graphite,
        Kit::lines("graphite:tcp://{address}?tagged=true&confirm=false")
    );
}

mod udp {
    heapster_plugin::conform!(heapster_sink_graphite, Kit::datagrams("graphite:udp://{address}"));
}
