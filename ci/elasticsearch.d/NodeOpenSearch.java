// One OpenSearch node from the published jars: HOME HTTP_PORT TRANSPORT_PORT. Its data are kept under HOME.
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.Node;
import org.opensearch.transport.Netty4Plugin;

public class NodeOpenSearch extends Node {
  NodeOpenSearch(Settings settings, Path config) {
    super(new Environment(settings, config), List.of(Netty4Plugin.class), false);
  }

  public static void main(String[] args) throws Exception {
    Settings settings = Settings.builder()
        .put("path.home", args[0]).put("path.data", args[0] + "/data").put("path.logs", args[0] + "/logs")
        .put("http.host", "127.0.0.1").put("http.port", args[1])
        .put("transport.host", "127.0.0.1").put("transport.port", args[2])
        .put("discovery.type", "single-node").put("http.type", "netty4").put("transport.type", "netty4")
        .put("node.name", "n1").put("cluster.name", "heapster-test")
        .put("cluster.routing.allocation.disk.threshold_enabled", false)
        .build();
    Node node = new NodeOpenSearch(settings, Path.of(args[0], "config"));
    node.start();
    Thread.currentThread().join();
  }
}
