package io.hightower.kv.replication.ratis.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogOutputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/**
 * A file of the log, written by Ratis.
 *
 * @param file where it is
 * @param bytes what it holds
 * @param offsets where the entries begin, and at last where they end
 */
@SuppressWarnings("ArrayRecordComponent")
record WrittenLog(Path file, byte[] bytes, List<Integer> offsets) {
    static final long FIRST = 7;

    private static final int ALLOCATED_BYTES = 1 << 16;

    /** Returns the bytes of an entry that is nowhere 0. */
    static byte[] content(RandomGenerator random, int bytes) {
        byte[] content = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            content[i] = (byte) (1 + random.nextInt(255));
        }
        return content;
    }

    static LogEntryProto entry(long index, byte[] content) {
        return LogEntryProto.newBuilder()
                .setTerm(3)
                .setIndex(index)
                .setStateMachineLogEntry(StateMachineLogEntryProto.newBuilder()
                        .setCallId(index)
                        .setLogData(ByteString.copyFrom(content)))
                .build();
    }

    /** Writes an open file with entries from {@link #FIRST} on, and so many zeros behind them. */
    static WrittenLog open(Path directory, List<byte[]> contents, int zeros) {
        return write(directory.resolve("log_inprogress_" + FIRST), FIRST, contents, zeros);
    }

    static WrittenLog write(Path file, long first, List<byte[]> contents, int zeros) {
        List<Integer> offsets = new ArrayList<>();
        try {
            Files.deleteIfExists(file);
            int offset = LogScan.HEADER_BYTES;
            try (SegmentedRaftLogOutputStream out = new SegmentedRaftLogOutputStream(
                    file.toFile(), false, ALLOCATED_BYTES, ALLOCATED_BYTES, ByteBuffer.allocateDirect(1 << 16))) {
                for (int i = 0; i < contents.size(); i++) {
                    LogEntryProto entry = entry(first + i, contents.get(i));
                    out.write(entry);
                    offsets.add(offset);
                    int length = entry.getSerializedSize();
                    offset += length + (length < 128 ? 1 : length < 16384 ? 2 : 3) + 4;
                }
            }
            offsets.add(offset);
            Files.write(file, new byte[zeros], StandardOpenOption.APPEND);
            return new WrittenLog(file, Files.readAllBytes(file), offsets);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts other bytes in the place of the file. */
    void replace(byte[] found) {
        try {
            Files.write(file, found);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] onDisk() {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int offset(int entry) {
        return offsets.get(entry);
    }

    int entries() {
        return offsets.size() - 1;
    }
}
