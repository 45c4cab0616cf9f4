// Makes the tables that OpenTSDB stores into, unless they are there. Waits for HBase.
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptorBuilder;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;

public class Tables {
    public static void main(String[] arguments) throws Exception {
        String[][] tables = {{"tsdb-uid", "id", "name"}, {"tsdb", "t"}, {"tsdb-tree", "t"}, {"tsdb-meta", "name"}};
        try (var connection = ConnectionFactory.createConnection(HBaseConfiguration.create());
             var admin = connection.getAdmin()) {
            for (String[] table : tables) {
                var name = TableName.valueOf(table[0]);
                if (admin.tableExists(name)) continue;
                var description = TableDescriptorBuilder.newBuilder(name);
                for (int at = 1; at < table.length; at++) {
                    description.setColumnFamily(ColumnFamilyDescriptorBuilder.of(table[at]));
                }
                admin.createTable(description.build());
            }
        }
    }
}
