//! What holds for every sink, through a proxy and directly.

mod proxy {
    heapster_plugin::conform!(
        heapster_sink_wavefront,
        Kit::lines("wavefront:{address}?includeLabels=true")
    );
}

mod direct {
    heapster_plugin::conform!(
        heapster_sink_wavefront,
        Kit::http("wavefront:http://{address}?token={secret}&proxy=none&batch=500")
    );
}

mod test_mode {
    heapster_plugin::conform!(
        heapster_sink_wavefront,
        Kit::local("wavefront:proxy:2878?testMode=true").cases(16)
    );
}
