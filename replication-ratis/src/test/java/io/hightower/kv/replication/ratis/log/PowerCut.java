package io.hightower.kv.replication.ratis.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.random.RandomGenerator;

/** What a loss of power does to the log of a member that was stopped later: it makes sectors unwritten that were not synced. */
public final class PowerCut {
    private static final int SECTOR = LogScan.SECTOR_BYTES;
    private static final int ALLOCATED_BYTES = 256 * 1024;

    private PowerCut() {}

    /**
     * Has each sector behind what was synced stay or be lost.
     *
     * @param directory where Ratis has the files of the log
     * @param syncedIndex the last entry that was synced when the power failed
     * @param keptOfTen how many of ten sectors that were not synced are there all the same
     */
    public static void hit(Path directory, long syncedIndex, int keptOfTen, RandomGenerator random) throws IOException {
        List<LogFile> files = LogFile.in(directory);
        for (LogFile file : files) {
            if (file.first() > syncedIndex + 1) {
                // It was not there yet: a file is begun when the one before it is synced and closed.
                Files.delete(file.path());
            } else if (file.isOpen() || file.last().getAsLong() > syncedIndex) {
                Path open = file.path().resolveSibling("log_inprogress_" + file.first());
                Files.move(file.path(), open);
                loseSectors(open, endOf(open, file.first(), syncedIndex), keptOfTen, random);
            }
        }
    }

    private static long endOf(Path file, long first, long index) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            FileBytes bytes = new FileBytes(channel);
            long end = LogScan.HEADER_BYTES;
            for (long entry = first; entry <= index; entry++) {
                long length = 0;
                int next = 0x80;
                for (int shift = 0; next >= 0x80; shift += 7) {
                    next = bytes.at(end++);
                    length |= (long) (next & 0x7f) << shift;
                }
                end += length + Integer.BYTES;
            }
            return end;
        }
    }

    private static void loseSectors(Path file, long synced, int keptOfTen, RandomGenerator random) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long written = channel.size();
            for (long from = synced; from < written; from = from / SECTOR * SECTOR + SECTOR) {
                if (random.nextInt(10) >= keptOfTen) {
                    long until = Math.min(from / SECTOR * SECTOR + SECTOR, written);
                    channel.write(ByteBuffer.allocate((int) (until - from)), from);
                }
            }
            // The end of the process took away what was allocated ahead.
            channel.write(ByteBuffer.allocate(ALLOCATED_BYTES), written);
        }
    }
}
