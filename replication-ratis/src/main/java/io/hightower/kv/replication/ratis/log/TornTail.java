package io.hightower.kv.replication.ratis.log;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The end of the open file of a log, of which a loss of power left entries that were written and not synced, some of their
 * sectors on the disk and others not. Ratis refuses a log with such an end, and after a power cut of all machines every member
 * may have one.
 *
 * <p><b>Why it may be cut off.</b> An entry is synced before the member says that it has it, and before it is applied there. A
 * sync covers everything written before it, so in what was synced no sector is missing, and all that follows an entry of which
 * one is missing was not synced either: nobody was told of any of it. Sectors that are zeros because the data is do no harm
 * while the entry's checksum is right. What is damaged otherwise, or was applied by a state that is durable, was synced: it is
 * left as it is and reported. What cannot be told apart is an entry with so many zeros in its data that was damaged in another
 * place, at the end of a log.
 *
 * <p><b>Durability.</b> On return everything that the open file still holds is on the disk. The end of a process leaves what it
 * had written and not synced in the memory of the machine, where the next process finds it; Ratis takes what it finds for synced.
 * <b>Threads.</b> Used by one thread, while nobody has the log open.
 */
public final class TornTail {
    private static final System.Logger LOGGER = System.getLogger(TornTail.class.getName());

    private TornTail() {}

    /**
     * Cuts off the torn end of a log, if it has one. What is cut off is kept beside the log, in a file
     * {@code torn-INDEX-COUNT}: the index of its first entry, and the first count from 1 that is free.
     *
     * @param directory where Ratis has the files of the log
     * @param provenIndex the last entry that is known to have been on the disk; -1 if none is
     * @throws CorruptionException if the open file is damaged instead; nothing is changed then
     * @throws StorageException if the file cannot be read or written; the next call tries again
     */
    public static void cut(Path directory, long provenIndex) {
        Optional<LogFile> open = openFile(directory);
        if (open.isEmpty()) {
            return;
        }
        LogFile file = open.get();
        try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            FileBytes bytes = new FileBytes(channel);
            LogScan.Result scan = LogScan.of(bytes, file.first());
            if (scan.flaw().isPresent()) {
                LogScan.Flaw flaw = scan.flaw().get();
                if (!flaw.torn() || scan.nextIndex() <= provenIndex) {
                    throw LogDamage.describe(file, scan, flaw);
                }
                cutOff(file, channel, bytes, scan);
            }
            channel.force(true);
            syncDirectory(directory);
        } catch (IOException e) {
            throw new StorageException("The end of the member's log cannot be repaired: file=" + file.path(), e);
        }
    }

    /** Returns the last entry that was on the disk for sure if a state is durable there; -1 if that says nothing. */
    public static long provenBy(LogPosition durable) {
        return durable.equals(LogPosition.START) ? -1 : durable.index();
    }

    /**
     * Tells whether {@link #cut} would cut something off, as far as the log says; changes nothing.
     *
     * @throws StorageException if the file cannot be read
     */
    public static boolean isIn(Path directory) {
        Optional<LogFile> open = openFile(directory);
        if (open.isEmpty()) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(open.get().path(), StandardOpenOption.READ)) {
            return LogScan.of(new FileBytes(channel), open.get().first())
                    .flaw()
                    .filter(LogScan.Flaw::torn)
                    .isPresent();
        } catch (IOException e) {
            throw new StorageException(
                    "The log of the member cannot be read: file=" + open.get().path(), e);
        }
    }

    /** Only the last file can be torn: it is synced before the next one begins. */
    private static Optional<LogFile> openFile(Path directory) {
        List<LogFile> files = Files.isDirectory(directory) ? LogFile.in(directory) : List.of();
        return files.isEmpty()
                ? Optional.empty()
                : Optional.of(files.get(files.size() - 1)).filter(LogFile::isOpen);
    }

    private static void cutOff(LogFile file, FileChannel channel, FileBytes bytes, LogScan.Result scan)
            throws IOException {
        Path kept = keep(file, channel, bytes, scan);
        channel.truncate(scan.offset());
        LOGGER.log(
                System.Logger.Level.WARNING,
                "The log ended in entries that were not synced when the power failed, and was cut there: file={0}"
                        + " offset={1} firstIndex={2} bytes={3} keptIn={4}",
                file.path(),
                String.valueOf(scan.offset()),
                String.valueOf(scan.nextIndex()),
                String.valueOf(Files.size(kept)),
                kept);
    }

    /** Copies what is to be cut off, but for the zeros at its end. Durable on return. */
    private static Path keep(LogFile file, FileChannel channel, FileBytes bytes, LogScan.Result scan)
            throws IOException {
        long end = bytes.endOfContent(scan.offset());
        Path kept = free(file, scan.nextIndex());
        try (FileChannel copy = FileChannel.open(kept, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long at = scan.offset(); at < end; ) {
                at += channel.transferTo(at, end - at, copy);
            }
            copy.force(true);
        }
        syncDirectory(directory(file));
        return kept;
    }

    private static Path free(LogFile file, long index) {
        int count = 1;
        while (Files.exists(directory(file).resolve("torn-" + index + "-" + count))) {
            count++;
        }
        return directory(file).resolve("torn-" + index + "-" + count);
    }

    private static Path directory(LogFile file) {
        return Objects.requireNonNull(file.path().toAbsolutePath().getParent());
    }

    private static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
