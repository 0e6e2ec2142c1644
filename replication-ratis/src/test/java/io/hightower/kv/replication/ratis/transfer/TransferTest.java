package io.hightower.kv.replication.ratis.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.contract.StateReading;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.StateFiles.StateFile;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.storage.lsm.LogStructuredStore;
import io.hightower.kv.storage.lsm.StoreOptions;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** States on their way between stores as members have them, over a network with faults. */
class TransferTest {
    private static final StoreOptions OPTIONS = StoreOptions.ofMemory(16 << 20).withMemtableBytes(1 << 20);
    private static final int VALUE_BYTES = 8 << 10;
    private static final int VALUES = 320;
    private static final String MANIFEST = "MANIFEST";

    private final SplittableRandom random = new SplittableRandom(7);
    private final AtomicLong nanos = new AtomicLong();
    private final LogStructuredStore sender = open(SimulatedDisk.empty(), "the sender is 16");
    private final StatePins pins = new StatePins(sender, (transfer, longer) -> true, nanos::get, 0);
    private final DirectCalls calls = new DirectCalls(pins, "receiver");
    private SimulatedDisk disk = SimulatedDisk.empty();
    private LogStructuredStore receiver = open(disk, "receiver has 16.");
    private long index;

    @AfterEach
    void close() {
        pins.close();
        sender.close();
        receiver.close();
    }

    private static LogStructuredStore open(SimulatedDisk disk, String id) {
        return LogStructuredStore.open(disk, Bytes.utf8(id), OPTIONS);
    }

    /** Has the sender write values that cannot be compressed, so that files have several chunks. */
    private void write(int values) {
        KvState state = new KvState(sender);
        for (int i = 0; i < values; i++) {
            index++;
            byte[] value = new byte[VALUE_BYTES];
            random.nextBytes(value);
            state.apply(
                    new LogPosition(1, index),
                    new Entry(index, List.of(Command.put(Bytes.utf8("key" + index), Bytes.wrap(value)))));
        }
    }

    private RemoteStateFiles begin() throws IOException {
        return RemoteStateFiles.begin("sender", calls, index, Metrics.none());
    }

    /** Receives and installs, and ends the transfer. */
    private List<StateFile> receive() throws IOException {
        RemoteStateFiles files = begin();
        try (StateStore.Staged staged = receiver.stage(files)) {
            staged.install(files.position());
        }
        files.end();
        return files.files();
    }

    private void assertBroken() {
        assertThatThrownBy(this::receive)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("source=sender")
                .hasMessageContaining("offset=")
                .hasMessageContaining("receivedBytes=");
    }

    private void assertSame(AppliedState expected) {
        assertThat(receiver.applied()).isEqualTo(expected);
        try (StoreView here = receiver.view();
                StoreView there = sender.view()) {
            StateReading.assertConsistent(here);
            assertThat(StateReading.records(here)).isEqualTo(StateReading.records(there));
        }
    }

    /** No byte of a file came twice. The manifest is read anew by every attempt. */
    private void assertNothingTwice(List<StateFile> files) {
        for (StateFile file : files) {
            if (!file.name().equals(MANIFEST)) {
                assertThat(calls.delivered.getOrDefault(file.name(), 0L))
                        .as(file.toString())
                        .isLessThanOrEqualTo(file.length());
            }
        }
    }

    @Test
    void aWholeStateArrives() throws IOException {
        write(VALUES);
        List<StateFile> files = receive();

        assertSame(sender.applied());
        assertThat(calls.deliveredBytes())
                .isEqualTo(files.stream().mapToLong(StateFile::length).sum())
                .isGreaterThan(10L * TransferFormat.CHUNK_BYTES);
        assertThat(calls.ends).isEqualTo(1);
        assertThat(pins.size()).isZero();
    }

    @Test
    void aBrokenTransferGoesOnWhereItWas() throws IOException {
        write(VALUES);
        int attempts = 0;
        while (!receiver.applied().equals(sender.applied())) {
            // One for the manifest, two of a file, and the end of that stream.
            calls.chunksUntilBreak = 4;
            attempts++;
            try {
                receive();
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("source=sender").hasMessageContaining("receivedBytes=");
            }
            assertThat(attempts).isLessThan(20);
        }
        assertThat(attempts).isGreaterThan(3);
        assertThat(calls.ends).isEqualTo(1);
        assertSame(sender.applied());
        assertNothingTwice(sender.pin().files());
    }

    @Test
    void aBrokenTransferGoesOnUnderANewPin() throws IOException {
        write(VALUES);
        calls.chunksUntilBreak = 7;
        assertBroken();
        long before = calls.deliveredBytes();
        nanos.addAndGet(StatePins.TIME_TO_LIVE.toNanos());
        write(VALUES / 8);
        calls.chunksUntilBreak = Integer.MAX_VALUE;

        List<StateFile> files = receive();

        assertSame(sender.applied());
        assertThat(before).isGreaterThan(4L * TransferFormat.CHUNK_BYTES);
        assertNothingTwice(files);
    }

    private List<String> incoming() {
        return disk.list().stream().filter(name -> name.endsWith(".incoming")).toList();
    }

    @Test
    void whatArrivedStaysThroughACompactionUntilItIsGivenUp() throws IOException {
        write(VALUES);
        calls.chunksUntilBreak = 7;
        assertBroken();
        List<String> arrived = incoming();
        assertThat(arrived).isNotEmpty();

        receiver.compact();
        assertThat(incoming()).isEqualTo(arrived);

        receiver.discardIncoming();
        assertThat(incoming()).isEmpty();
        calls.chunksUntilBreak = Integer.MAX_VALUE;
        receive();
        assertSame(sender.applied());
    }

    @Test
    void whatArrivedOfAnotherStateIsDeletedWhenATransferBegins() throws IOException {
        write(VALUES);
        calls.chunksUntilBreak = 7;
        assertBroken();
        List<String> first = incoming();
        // Every file gets another name.
        write(10);
        sender.compact();

        calls.chunksUntilBreak = 4;
        assertBroken();

        assertThat(incoming()).isNotEmpty().doesNotContainAnyElementsOf(first);
    }

    @Test
    void aStateIsRefusedForWhichTheDiskHasNoRoomBesideTheLiveOne() throws IOException {
        write(VALUES);
        long size = begin().files().stream().mapToLong(StateFile::length).sum();
        long used = Long.MAX_VALUE - disk.freeBytes();
        receiver.close();
        receiver =
                LogStructuredStore.open(disk, Bytes.utf8("receiver has 16."), OPTIONS.withReservedDiskBytes(1 << 20));
        disk.capacity(used + size);
        assertThatThrownBy(this::receive)
                .isInstanceOf(DiskFullException.class)
                .hasMessageContaining("missingBytes=")
                .hasMessageContaining("reservedBytes=1048576");
        assertThat(calls.delivered).as("nothing was sent in vain").containsOnlyKeys(MANIFEST);

        // What an attempt has left counts.
        disk.capacity(used + size + (2 << 20));
        calls.chunksUntilBreak = 4;
        assertBroken();
        calls.chunksUntilBreak = Integer.MAX_VALUE;
        receive();
        assertSame(sender.applied());
    }

    @Test
    void theSamePinServesALaterAttemptUnlessItReachesTooShort() throws IOException {
        write(10);
        RemoteStateFiles first = begin();
        long reached = index;
        write(10);
        assertThat(RemoteStateFiles.begin("sender", calls, reached, Metrics.none())
                        .position())
                .isEqualTo(first.position());
        assertThat(begin().position().index()).isEqualTo(index);
        assertThat(pins.size()).isEqualTo(1);
        assertThatThrownBy(() -> RemoteStateFiles.begin("sender", calls, index + 1, Metrics.none()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not reach far enough");
    }

    @Test
    void filesThatBothHaveAreNotTransferred() throws IOException {
        write(VALUES);
        List<String> had = receive().stream().map(StateFile::name).toList();
        calls.delivered.clear();
        write(VALUES / 8);

        List<StateFile> files = receive();

        assertSame(sender.applied());
        assertThat(calls.delivered.keySet())
                .isEqualTo(files.stream()
                        .map(StateFile::name)
                        .filter(name -> name.equals(MANIFEST) || !had.contains(name))
                        .collect(Collectors.toSet()));
        assertThat(calls.delivered).hasSizeLessThan(files.size());
    }

    @Test
    void aDamagedChunkIsAskedForAgain() throws IOException {
        write(VALUES);
        calls.chunksUntilDamage = 5;
        calls.damagedChunks = 3;

        List<StateFile> files = receive();

        assertThat(calls.damagedChunks).isZero();
        assertSame(sender.applied());
        assertNothingTwice(files);
    }

    @Test
    void whatArrivesDamagedAgainAndAgainIsGivenUp() {
        write(VALUES);
        calls.chunksUntilDamage = 5;
        calls.damagedChunks = Integer.MAX_VALUE;

        assertThatThrownBy(this::receive)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("arrives damaged")
                .hasMessageContaining("source=sender")
                .hasMessageContaining("attempts=4");
        assertThat(receiver.applied()).isEqualTo(AppliedState.EMPTY);
    }

    @Test
    void aFileThatEndsTooEarlyIsRefused() {
        write(VALUES);
        calls.missingBytes = 1;
        assertThatThrownBy(this::receive).isInstanceOf(IOException.class).hasMessageContaining("ends too early");
    }

    @Test
    void whatWasInstalledSurvivesALossOfPower() throws IOException {
        write(VALUES);
        calls.chunksUntilBreak = 9;
        assertBroken();
        calls.chunksUntilBreak = Integer.MAX_VALUE;
        receive();

        disk = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1);
        receiver = open(disk, "receiver has 16.");

        assertSame(sender.applied());
        assertThat(receiver.durable()).isEqualTo(sender.applied().position());
    }
}
