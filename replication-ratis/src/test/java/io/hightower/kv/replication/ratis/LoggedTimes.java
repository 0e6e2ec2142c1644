package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.codec.EntryCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.util.SizeInBytes;

/** The logical times of the entries that a member's log has on the disk. */
record LoggedTimes(Path directory) {
    private static final SizeInBytes ENTRY_BYTES_MAX = SizeInBytes.valueOf(64 << 20);

    /** Returns one time for every entry with commands, in the order of the log. */
    List<Long> read() throws IOException {
        TreeMap<Long, Long> timeByIndex = new TreeMap<>();
        List<Path> files;
        try (Stream<Path> found = Files.walk(directory)) {
            files = found.toList();
        }
        for (Path file : files) {
            LogSegmentPath segment = LogSegmentPath.matchLogSegment(file);
            if (segment != null) {
                LogSegment.readSegmentFile(
                        file.toFile(),
                        segment.getStartEnd(),
                        ENTRY_BYTES_MAX,
                        CorruptionPolicy.EXCEPTION,
                        null,
                        entry -> note(entry, timeByIndex));
            }
        }
        return new ArrayList<>(timeByIndex.values());
    }

    private static void note(LogEntryProto entry, TreeMap<Long, Long> timeByIndex) {
        if (entry.hasStateMachineLogEntry()) {
            Bytes content =
                    Bytes.wrap(entry.getStateMachineLogEntry().getLogData().toByteArray());
            timeByIndex.put(entry.getIndex(), EntryCodec.decode(content).logicalTimeMillis());
        }
    }
}
