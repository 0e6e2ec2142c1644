package io.hightower.kv.replication.ratis.log;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** The search for bytes of a log that are not what was written, once it is known that it cannot be opened. */
public final class LogDamage {
    /** Nothing repairs a log: what is damaged may be what this member alone has promised to keep. */
    private static final String WHAT_TO_DO =
            "Damaged data in the log of this member. Look for a failing disk. Have the member removed from the cluster"
                    + " and add it again, with empty directories; without a majority, restore a backup";

    private LogDamage() {}

    /**
     * Reads a log to its first damage. A torn end of its open file is none.
     *
     * @param directory where Ratis has the files of the log, which nobody has open
     * @return what says where the damage is and what to do; nothing if every file can be read
     * @throws StorageException if the directory or a file cannot be read at all
     */
    public static Optional<CorruptionException> find(Path directory) {
        List<LogFile> files = LogFile.in(directory);
        long expected = files.isEmpty() ? 0 : files.get(0).first();
        for (LogFile file : files) {
            if (file.first() != expected) {
                return Optional.of(describe(file, 0, "first index " + expected, "first index " + file.first()));
            }
            LogScan.Result scan = scan(file);
            Optional<CorruptionException> damage = damage(file, scan);
            if (damage.isPresent()) {
                return damage;
            }
            expected = scan.nextIndex();
        }
        return Optional.empty();
    }

    private static LogScan.Result scan(LogFile file) {
        try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ)) {
            return LogScan.of(new FileBytes(channel), file.first());
        } catch (IOException e) {
            throw new StorageException("The log of the member cannot be read: file=" + file.path(), e);
        }
    }

    private static Optional<CorruptionException> damage(LogFile file, LogScan.Result scan) {
        if (file.isOpen()) {
            return scan.flaw().filter(flaw -> !flaw.torn()).map(flaw -> describe(file, scan, flaw));
        }
        long next = file.last().getAsLong() + 1;
        if (scan.nextIndex() >= next) {
            // What follows the last entry of a closed file is never read.
            return Optional.empty();
        }
        return Optional.of(scan.flaw()
                .map(flaw -> describe(file, scan, flaw))
                .orElseGet(() -> describe(file, scan.offset(), "entry " + scan.nextIndex(), "the end of the file")));
    }

    static CorruptionException describe(LogFile file, LogScan.Result scan, LogScan.Flaw flaw) {
        return describe(file, scan.offset(), flaw.expected(), flaw.found());
    }

    private static CorruptionException describe(LogFile file, long offset, String expected, String found) {
        return new CorruptionException(WHAT_TO_DO, file.path().toString(), offset, expected, found);
    }
}
