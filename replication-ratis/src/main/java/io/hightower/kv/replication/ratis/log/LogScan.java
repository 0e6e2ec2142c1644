package io.hightower.kv.replication.ratis.log;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogFormat;

/**
 * A file of the log, read to where it cannot be read further.
 *
 * <pre>
 * file:  RaftLog1, entries, zeros to the end of what was allocated
 * entry: varint L, then L bytes of a LogEntryProto, then u32 CRC32C of all before it, big-endian
 * LogEntryProto: 08, varint term, 10, varint index, then one field to the end: its tag, varint length, content
 * </pre>
 *
 * <p>An entry is <b>torn</b> if it was written and never synced, and only some of its sectors reached the disk. A file that is
 * written is zeros before, so a sector that did not reach the disk is zeros from where the last sync ended: from the sector's
 * beginning, or from that of the entry, to the sector's end. etcd tells torn entries in the same way (its {@code wal} package).
 * A damaged length could make an entry reach into the zeros behind it; but an entry says twice how long it is.
 */
final class LogScan {
    /** A disk writes so much or nothing. Where it writes more at a time, zeros are found all the same. */
    static final int SECTOR_BYTES = 512;

    static final int HEADER_BYTES = SegmentedRaftLogFormat.getHeaderLength();

    private static final int CHECKSUM_BYTES = 4;
    private static final int LENGTH_SHIFT_MAX = 28;
    private static final int NUMBER_SHIFT_MAX = 63;

    private static final int TAG_TERM = 0x08;
    private static final int TAG_INDEX = 0x10;
    /** The content of commands, of a configuration, and of what Ratis notes for itself. */
    private static final Set<Integer> TAGS_CONTENT = Set.of(0x1a, 0x22, 0x2a);

    private final FileBytes bytes;
    private long offset;
    private long nextIndex;

    /** Where {@link #number} reads next. */
    private long cursor;

    private LogScan(FileBytes bytes, long firstIndex) {
        this.bytes = bytes;
        this.nextIndex = firstIndex;
    }

    /**
     * What a file holds.
     *
     * @param offset where the entries end that can be read
     * @param nextIndex the index of the entry that is not there any more
     * @param flaw what is there instead, if it is not zeros
     */
    record Result(long offset, long nextIndex, Optional<Flaw> flaw) {}

    /**
     * Why an entry cannot be read.
     *
     * @param expected what should be there
     * @param found what is there
     * @param torn whether that is what a loss of power leaves of an entry that was not synced
     */
    record Flaw(String expected, String found, boolean torn) {}

    /** Reads a file of the log whose first entry has that index. */
    static Result of(FileBytes bytes, long firstIndex) throws IOException {
        LogScan scan = new LogScan(bytes, firstIndex);
        Optional<Flaw> flaw = scan.header();
        if (scan.offset < HEADER_BYTES) {
            return new Result(0, firstIndex, flaw);
        }
        while (flaw.isEmpty() && scan.offset < bytes.length() && bytes.at(scan.offset) != 0) {
            flaw = scan.entry();
        }
        if (flaw.isEmpty() && bytes.skipZeros(scan.offset, bytes.length()) < bytes.length()) {
            boolean torn = scan.hasLostSector(scan.offset, scan.offset + 1);
            flaw = Optional.of(new Flaw("zeros to the end", "more behind zeros", torn));
        }
        return new Result(scan.offset, scan.nextIndex, flaw);
    }

    /** The header is synced before the first entry is written: one that is not whole has nothing behind it. */
    private Optional<Flaw> header() throws IOException {
        byte[] header = new byte[HEADER_BYTES];
        SegmentedRaftLogFormat.getHeaderBytebuffer().get(header);
        int matching = 0;
        while (matching < Math.min(HEADER_BYTES, bytes.length()) && bytes.at(matching) == header[matching]) {
            matching++;
        }
        if (matching == HEADER_BYTES) {
            offset = HEADER_BYTES;
            return Optional.empty();
        }
        return bytes.skipZeros(matching, bytes.length()) == bytes.length()
                ? Optional.empty()
                : Optional.of(new Flaw("a header", "something else", false));
    }

    /** Goes past an entry, if it can be read. */
    private Optional<Flaw> entry() throws IOException {
        cursor = offset;
        long length = number(LENGTH_SHIFT_MAX);
        long end = cursor + length + CHECKSUM_BYTES;
        if (length > 0 && end <= bytes.length()) {
            long checksumAt = end - CHECKSUM_BYTES;
            int expected = bytes.checksum(offset, checksumAt);
            int found = 0;
            for (long at = checksumAt; at < end; at++) {
                found = found << 8 | bytes.at(at);
            }
            if (expected == found) {
                return goTo(end);
            }
        }
        long index = length > 0 ? indexIfLengthsAgree(length) : -1;
        // What cannot be read may lie in a sector that is lost, so what has been read of it is looked at as well.
        long known = index < 0 ? Math.min(cursor, bytes.length()) : Math.min(end, bytes.length());
        boolean endsBehindFile = cursor > bytes.length() || (index >= 0 && end > bytes.length());
        boolean torn = endsBehindFile || hasLostSector(offset, known);
        return Optional.of(new Flaw("entry " + nextIndex + " with its checksum", "something else", torn));
    }

    private Optional<Flaw> goTo(long end) throws IOException {
        // The checksum covers the lengths.
        long index = indexIfLengthsAgree(number(LENGTH_SHIFT_MAX, offset));
        if (index != nextIndex) {
            return Optional.of(new Flaw("entry " + nextIndex, index < 0 ? "no entry" : "entry " + index, false));
        }
        offset = end;
        nextIndex++;
        return Optional.empty();
    }

    /**
     * Reads on behind the length of the entry, to where it says once more how long it is.
     *
     * @return the index of the entry; -1 if that is not the same, or cannot be read
     */
    private long indexIfLengthsAgree(long length) throws IOException {
        long end = cursor + length;
        long index = 0;
        int tag = next();
        if (tag == TAG_TERM) {
            number(NUMBER_SHIFT_MAX);
            tag = next();
        }
        if (tag == TAG_INDEX) {
            index = number(NUMBER_SHIFT_MAX);
            tag = next();
        }
        if (!TAGS_CONTENT.contains(tag) || index < 0) {
            return -1;
        }
        long content = number(LENGTH_SHIFT_MAX);
        return content >= 0 && cursor + content == end ? index : -1;
    }

    private long number(int shiftMax, long from) throws IOException {
        cursor = from;
        return number(shiftMax);
    }

    /** Reads a varint; returns -1 if there is none. */
    private long number(int shiftMax) throws IOException {
        long number = 0;
        for (int shift = 0; shift <= shiftMax; shift += 7) {
            int next = next();
            if (next < 0) {
                return -1;
            }
            number |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return number;
            }
        }
        return -1;
    }

    /** Returns the byte at the cursor and moves it on; -1 at the end of the file. */
    private int next() throws IOException {
        int next = cursor < bytes.length() ? bytes.at(cursor) : -1;
        cursor++;
        return next;
    }

    /** Tells whether a sector in which a part of the range lies is zeros from there, or from its beginning, to its end. */
    private boolean hasLostSector(long from, long until) throws IOException {
        long part = from;
        while (part < until) {
            long sectorEnd = Math.min(part / SECTOR_BYTES * SECTOR_BYTES + SECTOR_BYTES, bytes.length());
            if (bytes.skipZeros(part, sectorEnd) == sectorEnd) {
                return true;
            }
            part = sectorEnd;
        }
        return false;
    }
}
