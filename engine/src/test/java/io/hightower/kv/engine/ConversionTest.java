package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.state.HashKv;
import io.hightower.kv.statemachine.state.StateHash;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory moves between a store that is alone and the first member of a cluster, and nothing is lost on the way. */
class ConversionTest {
    private static final long NOW = 1_800_000_000L;

    @TempDir
    private Path directory;

    private Options alone;
    private Options member;

    @BeforeEach
    void choosePort() throws IOException {
        alone = Options.at(directory).withHistory(HistoryRetention.forever());
        member = alone.withCluster(ClusterOptions.of("n1", Map.of("n1", "127.0.0.1:" + port()))
                .withTimeouts(Duration.ofMillis(300), Duration.ofSeconds(7)));
    }

    private static int port() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void write(LocalEngine engine, int from, int count) {
        for (int i = from; i < from + count; i++) {
            engine.put(Bytes.utf8("key" + i % 7), Bytes.utf8("value" + i));
        }
    }

    /** What users can see, and what members compare. */
    private record Sight(long revision, HashKv.Hash history, long keys) {
        static Sight of(LocalEngine engine) {
            return new Sight(engine.applied().revision(), engine.hashKv(0), engine.len());
        }
    }

    private Sight fill() {
        try (LocalEngine engine = Hightower.open(alone)) {
            write(engine, 0, 50);
            engine.grantLease(77, 1000);
            return Sight.of(engine);
        }
    }

    @Test
    void aStoreThatWasAloneGoesOnAsTheFirstMemberOfACluster() {
        Sight before = fill();
        Conversion.Outcome outcome = Conversion.run(member, NOW);
        assertThat(outcome.memberId()).isPresent();
        assertThat(outcome.state().revision()).isEqualTo(before.revision());

        try (LocalEngine engine = Hightower.open(member)) {
            assertThat(Sight.of(engine)).isEqualTo(before);
            assertThat(engine.leases()).hasSize(1);
            write(engine, 50, 10);
        }
        try (LocalEngine engine = Hightower.open(member)) {
            assertThat(engine.readWith(ReadView::revision)).isEqualTo(before.revision() + 10);
        }
        assertThatThrownBy(() -> Hightower.open(alone)).isInstanceOf(FormatException.class);
    }

    @Test
    void aMemberGoesOnAsAStoreThatIsAloneAndBackAgain() {
        fill();
        Conversion.run(member, NOW);
        Sight asMember;
        try (LocalEngine engine = Hightower.open(member)) {
            write(engine, 50, 30);
            asMember = Sight.of(engine);
        }
        Conversion.run(alone, NOW + 1);
        Sight asAlone;
        try (LocalEngine engine = Hightower.open(alone)) {
            assertThat(Sight.of(engine)).isEqualTo(asMember);
            write(engine, 80, 5);
            asAlone = Sight.of(engine);
        }
        Conversion.run(member, NOW + 2);
        try (LocalEngine engine = Hightower.open(member)) {
            assertThat(Sight.of(engine)).isEqualTo(asAlone);
        }
    }

    @Test
    void aMemberFoundsANewClusterUnderAnotherId() {
        fill();
        Conversion.Outcome first = Conversion.run(member, NOW);
        String hash;
        try (LocalEngine engine = Hightower.open(member)) {
            write(engine, 50, 30);
            hash = StateHash.toText(StateHash.of(engine.applied()));
        }
        Conversion.Outcome second = Conversion.run(member, NOW + 1);
        assertThat(second.memberId()).isPresent().isNotEqualTo(first.memberId());
        try (LocalEngine engine = Hightower.open(member)) {
            assertThat(StateHash.toText(StateHash.of(engine.applied()))).isEqualTo(hash);
            write(engine, 80, 5);
            assertThat(engine.membership().list().members()).singleElement().satisfies(only -> assertThat(only.id())
                    .isEqualTo(second.memberId().orElseThrow()));
        }
    }

    @Test
    void aMemberOfAClusterThatHadManyElectionsFoundsANewCluster() {
        fill();
        Conversion.run(member, NOW);
        // Whoever is alone is elected at every start, each time in a higher term.
        Sight before = null;
        for (int start = 0; start < 3; start++) {
            try (LocalEngine engine = Hightower.open(member)) {
                write(engine, 50 + start, 1);
                assertThat(engine.applied().position().term()).isGreaterThan(start);
                before = Sight.of(engine);
            }
        }
        Conversion.run(member, NOW + 1);
        for (int start = 0; start < 2; start++) {
            try (LocalEngine engine = Hightower.open(member)) {
                assertThat(engine.<Long>readWith(ReadView::revision)).isEqualTo(before.revision());
                assertThat(Sight.of(engine)).isEqualTo(before);
                engine.put(Bytes.utf8("new"), Bytes.utf8("v" + start));
                before = Sight.of(engine);
            }
        }
    }

    private Sight memberKilledInItsFirstMoments() throws IOException {
        Sight sight;
        try (LocalEngine engine = Hightower.open(member)) {
            write(engine, 0, 30);
            sight = Sight.of(engine);
        }
        Files.delete(directory.resolve("CLUSTER"));
        return sight;
    }

    @Test
    void theLogOfAMemberThatWasKilledInItsFirstMomentsIsNotPassedOver() throws IOException {
        Sight before = memberKilledInItsFirstMoments();
        Conversion.run(alone, NOW);
        try (LocalEngine engine = Hightower.open(alone)) {
            assertThat(Sight.of(engine)).isEqualTo(before);
        }
    }

    @Test
    void aMemberThatWasKilledInItsFirstMomentsIsNotOpenedAlone() throws IOException {
        Sight before = memberKilledInItsFirstMoments();
        assertThatThrownBy(() -> Hightower.open(alone))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("member n1");
        try (LocalEngine engine = Hightower.open(member)) {
            assertThat(engine.<Long>readWith(ReadView::revision)).isEqualTo(before.revision());
        }
    }

    @Test
    void whatATransferLeftIsDeletedByAStoreThatIsAlone() throws IOException {
        Path left = directory.resolve("000000000017-0a1b2c3d.table.incoming");
        fill();
        Files.write(left, new byte[10]);
        Hightower.open(alone).close();
        assertThat(left).doesNotExist();
    }

    @Test
    void aConversionThatWasBrokenOffIsRunAgain() throws IOException {
        fill();
        Conversion.run(member, NOW);
        Sight before;
        try (LocalEngine engine = Hightower.open(member)) {
            write(engine, 50, 30);
            before = Sight.of(engine);
        }
        // As if the power had failed when the log was set aside.
        Files.move(directory.resolve("raft"), directory.resolve("raft.converting"));
        assertThatThrownBy(() -> Hightower.open(member))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("log");
        Conversion.run(alone, NOW + 1);
        try (LocalEngine engine = Hightower.open(alone)) {
            assertThat(Sight.of(engine)).isEqualTo(before);
        }
        assertThat(directory.resolve("raft.converting")).doesNotExist();
    }

    @Test
    void ofTwoSurvivorsTheOneWhoseLogEndsInTheHigherTermGoesFurtherThoughItHasFewerEntries() throws IOException {
        Path other = directory.resolveSibling(directory.getFileName() + "-other");
        Options survivor = Options.at(other).withCluster(member.cluster().orElseThrow());
        try (LocalEngine engine = Hightower.open(member)) {
            write(engine, 0, 3);
        }
        copy(directory, other);
        for (Options reign : List.of(survivor, survivor, member)) {
            try (LocalEngine engine = Hightower.open(reign)) {
                write(engine, 3, reign.equals(member) ? 40 : 1);
            }
        }
        Map<String, Long> before = digests(other);
        LogPosition few = Conversion.look(survivor).logEnded().orElseThrow();
        LogPosition many = Conversion.look(member).logEnded().orElseThrow();

        assertThat(few.term()).isGreaterThan(many.term());
        assertThat(few.index()).isLessThan(many.index());
        assertThat(digests(other)).isEqualTo(before);
        assertThat(Conversion.look(survivor.withoutCluster()).logEnded()).contains(few);
        Conversion.Outcome outcome = Conversion.run(survivor.withoutCluster(), NOW);
        assertThat(outcome.logEnded()).contains(few);
        assertThat(outcome.state().revision())
                .isLessThan(Conversion.run(member, NOW).state().revision());
        assertThat(Conversion.look(survivor).logEnded()).isEmpty();
        assertThatThrownBy(() -> Conversion.look(survivor.withoutCluster())).hasMessageContaining("already");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> walk = Files.walk(from)) {
            for (Path path : walk.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    private static Map<String, Long> digests(Path directory) throws IOException {
        Map<String, Long> digests = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path path : walk.filter(Files::isRegularFile).toList()) {
                if (!path.endsWith("LOCK")) {
                    digests.put(
                            path.toString(),
                            Bytes.wrap(Files.readAllBytes(path)).hash64());
                }
            }
        }
        return digests;
    }

    @Test
    void whatAnEarlierConversionLeftIsNotTakenForTheLog() throws IOException {
        fill();
        Files.createDirectories(directory.resolve("raft.converting"));
        Conversion.run(member, NOW);
        Sight before;
        try (LocalEngine engine = Hightower.open(member)) {
            write(engine, 50, 30);
            before = Sight.of(engine);
        }
        Files.createDirectories(directory.resolve("raft.converting"));
        Conversion.run(alone, NOW + 1);
        try (LocalEngine engine = Hightower.open(alone)) {
            assertThat(Sight.of(engine)).isEqualTo(before);
        }
    }

    @Test
    void refusesWhatCannotBeConverted() throws IOException {
        assertThatThrownBy(() -> Conversion.run(member, NOW))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("There is no store");
        fill();
        assertThatThrownBy(() -> Conversion.run(alone, NOW))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("already");
        Options three = alone.withCluster(
                ClusterOptions.of("n1", Map.of("n1", "127.0.0.1:" + port(), "n2", "127.0.0.1:" + port())));
        assertThatThrownBy(() -> Conversion.run(three, NOW)).isInstanceOf(IllegalArgumentException.class);
        try (LocalEngine engine = Hightower.open(alone)) {
            assertThatThrownBy(() -> Conversion.run(member, NOW))
                    .isInstanceOf(io.hightower.kv.statemachine.DirectoryInUseException.class);
            assertThat(engine.applied().revision()).isPositive();
        }
    }
}
