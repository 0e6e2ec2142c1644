package io.hightower.kv.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.replication.ratis.security.SerializedExceptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SerialFilterTest {
    @Test
    void theLauncherSetsTheFilterThatMembersNeed() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("bin/hightower"))) {
            root = root.getParent();
        }
        assertThat(Files.readString(root.resolve("bin/hightower")))
                .contains("serial_filter='" + SerializedExceptions.FILTER + "'")
                .contains("\"-Djdk.serialFilter=$serial_filter\"");
    }
}
