package io.hightower.kv.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.engine.ClusterOptions;
import io.hightower.kv.tls.TlsFiles;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class PeerTlsFlagsTest {
    private static final ClusterOptions MEMBER = ClusterOptions.of("a", Map.of("a", "h1:2380"));

    /** Any command that has the flags. */
    @Command
    private static final class WithFlags {
        @Mixin
        private final PeerTlsFlags flags = new PeerTlsFlags();
    }

    private static PeerTlsFlags flags(String... arguments) {
        WithFlags command = new WithFlags();
        new CommandLine(command).parseArgs(arguments);
        return command.flags;
    }

    @Test
    void withoutFlagsThereIsNoTls() {
        assertThat(flags().applyTo(MEMBER).peerTls()).isEmpty();
        flags().requireNone();
    }

    @Test
    void theThreeFilesMakeTls() {
        TlsFiles files = TlsFiles.mutual(Path.of("c"), Path.of("k"), Path.of("ca"));
        String[] given = {"--peer-cert-file=c", "--peer-key-file=k", "--peer-trusted-ca-file=ca"};
        assertThat(flags(given).applyTo(MEMBER).peerTls()).contains(files);
        for (String asEtcd : new String[] {"--peer-client-cert-auth", "--peer-client-cert-auth=true"}) {
            assertThat(flags(given[0], given[1], given[2], asEtcd)
                            .applyTo(MEMBER)
                            .peerTls())
                    .contains(files);
        }
        assertThatThrownBy(() -> flags(given[0], given[1], given[2], "--peer-client-cert-auth=false")
                        .applyTo(MEMBER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--peer-client-cert-auth=false");
    }

    @Test
    void halfOfThemIsRefused() {
        for (String alone : new String[] {
            "--peer-cert-file=c", "--peer-key-file=k", "--peer-trusted-ca-file=ca", "--peer-client-cert-auth"
        }) {
            assertThatThrownBy(() -> flags(alone).applyTo(MEMBER))
                    .as(alone)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("together");
            assertThatThrownBy(() -> flags(alone).requireNone()).as(alone).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aServerAloneRefusesThem() {
        CommandRun run = CommandRun.of("server", "--peer-cert-file=c");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.errors()).contains("--peer-cert-file");
    }
}
