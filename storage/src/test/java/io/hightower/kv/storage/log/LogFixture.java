package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Small logs and what to ask of them. */
final class LogFixture {
    static final LogOptions OPTIONS = LogOptions.defaults(LogModel.STORE_ID).withBackground(Runnable::run);
    static final String FIRST_SEGMENT = LogFormat.fileName(1);

    private LogFixture() {}

    static SegmentedCommitLog openEmpty(Disk disk, LogOptions options) {
        SegmentedCommitLog log = SegmentedCommitLog.open(disk, options);
        log.replay(1, (index, payload) -> {
            throw new AssertionError("An entry in an empty log: index=" + index);
        });
        return log;
    }

    /** Opens a log and replays all of it; the entries are dropped. */
    static SegmentedCommitLog reopen(Disk disk, LogOptions options) {
        SegmentedCommitLog log = SegmentedCommitLog.open(disk, options);
        log.replay(1, (index, payload) -> {});
        return log;
    }

    /** Opens a log, reads its entries as text, and closes it. */
    static List<String> entries(Disk disk) {
        return entries(disk, 1);
    }

    static List<String> entries(Disk disk, long fromIndex) {
        List<String> entries = new ArrayList<>();
        SegmentedCommitLog log = SegmentedCommitLog.open(disk, OPTIONS);
        try (log) {
            log.replay(fromIndex, (index, payload) -> entries.add(index + "=" + payload.toUtf8()));
        }
        return entries;
    }

    /** Appends one text and commits it. */
    static void commit(SegmentedCommitLog log, String... texts) {
        for (String text : texts) {
            log.append(log.lastIndex() + 1, Bytes.utf8(text));
        }
        log.commit();
    }

    static List<String> segments(SimulatedDisk disk) {
        return disk.list().stream().filter(name -> name.startsWith("log-")).toList();
    }

    static byte[] cut(byte[] content, int length) {
        return Arrays.copyOf(content, length);
    }

    /** Returns a segment of the same length with zeros from an offset on, as where nothing was written yet. */
    static byte[] zeroedFrom(byte[] content, int offset) {
        return Arrays.copyOf(Arrays.copyOf(content, offset), content.length);
    }

    /** Returns where the entries of an undamaged segment end. */
    static int entriesEnd(byte[] content) {
        ByteBuffer segment = ByteBuffer.wrap(content);
        int at = LogFormat.HEADER_BYTES;
        while (at + LogFormat.RECORD_HEADER_BYTES <= content.length && segment.getInt(at) == LogFormat.ENTRY_MAGIC) {
            at += LogFormat.RECORD_HEADER_BYTES + segment.getInt(at + LogFormat.LENGTH_OFFSET);
        }
        return at;
    }
}
