package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.log.LogDamage;
import io.hightower.kv.replication.ratis.log.TornTail;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.codec.EntryCodec;
import io.hightower.kv.statemachine.state.KvState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.util.SizeInBytes;

/**
 * The log of a member that does not run, read to its end.
 *
 * <p>It may end in entries of which nobody was told that they took effect, and of which no majority has a copy: a log does not
 * say where the acknowledged ones end. To apply them all is safe, for whoever proposed the last ones was never told that they
 * did not happen; to leave one out could undo what was acknowledged.
 */
public final class OfflineLog {
    /** Far above what an entry may have, and small enough not to be mistaken for one by its length alone. */
    private static final SizeInBytes ENTRY_BYTES_MAX = SizeInBytes.valueOf(1 << 30);

    private static final System.Logger LOGGER = System.getLogger(OfflineLog.class.getName());

    private final Path directory;
    private final List<LogSegmentPath> segments;

    private OfflineLog(Path directory, List<LogSegmentPath> segments) {
        this.directory = directory;
        this.segments = segments;
    }

    /**
     * Finds the log in a member's Ratis directory, which nobody has open.
     *
     * @throws StorageException if the directory cannot be read, or has no log or several
     */
    public static OfflineLog in(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            List<LogSegmentPath> found = files.map(LogSegmentPath::matchLogSegment)
                    .filter(Objects::nonNull)
                    .sorted(Comparator.comparing(LogSegmentPath::getStartEnd))
                    .toList();
            long places = found.stream()
                    .map(segment -> segment.getPath().getParent())
                    .distinct()
                    .count();
            if (places > 1) {
                throw new StorageException(
                        "There are the logs of " + places + " clusters. Leave one: directory=" + directory);
            }
            return new OfflineLog(directory, found);
        } catch (IOException | UncheckedIOException e) {
            throw new StorageException("The log of the member cannot be read: directory=" + directory, e);
        }
    }

    /**
     * Applies every entry that the state has not got.
     *
     * @return how many entries with commands were applied
     * @throws StorageException if the log does not continue where the state ends, or cannot be read
     * @throws CorruptionException if an entry is damaged; a {@linkplain TornTail torn end} is cut off instead
     */
    public long applyTo(KvState state) {
        if (!segments.isEmpty()) {
            TornTail.cut(filesDirectory(), TornTail.provenBy(state.store().durable()));
        }
        Replay replay = new Replay(state);
        segments.forEach(segment -> read(segment, CorruptionPolicy.EXCEPTION, replay::entry));
        return replay.applied;
    }

    /**
     * Returns the position of the last entry, whatever it holds; nothing if there is none. Of two members of a cluster, the one
     * whose log ends in the higher term has everything that was acknowledged if either has, and in the same term the one with
     * the higher index: the rule by which Raft elects (Ongaro and Ousterhout, section 5.4.1).
     *
     * @throws StorageException if the log cannot be read
     */
    public Optional<LogPosition> lastPosition() {
        for (int i = segments.size() - 1; i >= 0; i--) {
            AtomicReference<Optional<LogPosition>> last = new AtomicReference<>(Optional.empty());
            // What is not there when the log is applied does not count.
            boolean torn = i == segments.size() - 1 && TornTail.isIn(filesDirectory());
            CorruptionPolicy policy = torn ? CorruptionPolicy.WARN_AND_RETURN : CorruptionPolicy.EXCEPTION;
            read(
                    segments.get(i),
                    policy,
                    entry -> last.set(Optional.of(new LogPosition(entry.getTerm(), entry.getIndex()))));
            Optional<LogPosition> found = Objects.requireNonNull(last.get());
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /**
     * Deletes the log if it ends before a durable state. Ratis would drop the closed files only, and then refuse whatever
     * follows the state for the gap behind the open one. Durable on return.
     *
     * @throws StorageException if the log cannot be read or deleted
     */
    void dropIfLeftBehind(LogPosition durable) {
        if (segments.isEmpty()
                || lastPosition().filter(last -> last.index() < durable.index()).isEmpty()) {
            return;
        }
        LOGGER.log(
                System.Logger.Level.INFO,
                "The log ends before the state, which was installed, and is dropped: directory={0} state={1}",
                directory,
                durable);
        try (FileChannel files = FileChannel.open(filesDirectory(), StandardOpenOption.READ)) {
            // From the end: whatever is left after a crash still ends before the state.
            for (int i = segments.size() - 1; i >= 0; i--) {
                Files.delete(segments.get(i).getPath());
            }
            files.force(true);
        } catch (IOException e) {
            throw new StorageException("The log of the member cannot be dropped: directory=" + directory, e);
        }
    }

    private Path filesDirectory() {
        return Objects.requireNonNull(segments.get(0).getPath().toAbsolutePath().getParent());
    }

    private void read(LogSegmentPath segment, CorruptionPolicy policy, Consumer<LogEntryProto> entries) {
        try {
            LogSegment.readSegmentFile(
                    segment.getPath().toFile(), segment.getStartEnd(), ENTRY_BYTES_MAX, policy, null, entries);
        } catch (IOException | IllegalStateException e) {
            LogDamage.find(filesDirectory()).ifPresent(damage -> {
                damage.addSuppressed(e);
                throw damage;
            });
            throw new StorageException("The log of the member cannot be read: file=" + segment.getPath(), e);
        }
    }

    /** Goes through the entries in order. */
    private final class Replay {
        private final KvState state;
        private long applied;

        Replay(KvState state) {
            this.state = state;
        }

        void entry(LogEntryProto entry) {
            LogPosition position = new LogPosition(entry.getTerm(), entry.getIndex());
            LogPosition before = state.store().applied().position();
            if (position.index() <= before.index()) {
                return;
            }
            // Ratis counts from 0, and its first entry is always its own; positions count from 1.
            if (position.index() > Math.max(1, before.index() + 1)) {
                throw new StorageException(
                        "The log does not continue where the state ends: what is between them is lost"
                                + " here: directory=" + directory + " applied=" + before + " next=" + position);
            }
            if (entry.hasStateMachineLogEntry()) {
                Bytes content = Bytes.copyOf(
                        entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
                var results = state.apply(position, EntryCodec.decode(content));
                applied += results.isEmpty() ? 0 : 1;
            } else {
                state.skip(position);
            }
        }
    }
}
