package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.codec.EntryCodec;
import io.hightower.kv.statemachine.state.KvState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
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
     * @throws CorruptionException if an entry is damaged
     */
    public long applyTo(KvState state) {
        Replay replay = new Replay(state);
        for (LogSegmentPath segment : segments) {
            try {
                LogSegment.readSegmentFile(
                        segment.getPath().toFile(),
                        segment.getStartEnd(),
                        ENTRY_BYTES_MAX,
                        CorruptionPolicy.EXCEPTION,
                        null,
                        replay::entry);
            } catch (IOException | IllegalStateException e) {
                throw new StorageException("The log of the member cannot be read: file=" + segment.getPath(), e);
            }
        }
        return replay.applied;
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
