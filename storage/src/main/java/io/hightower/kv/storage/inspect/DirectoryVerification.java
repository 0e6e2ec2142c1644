package io.hightower.kv.storage.inspect;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.codec.EntryCodec;
import io.hightower.kv.storage.file.CompleteFile;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.file.FileHeader;
import io.hightower.kv.storage.file.StoreIdentity;
import io.hightower.kv.storage.log.LogCheck;
import io.hightower.kv.storage.manifest.ManifestFile;
import io.hightower.kv.storage.manifest.StoreFiles;
import io.hightower.kv.storage.manifest.StoreManifest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A check of everything in the directory of a store that nobody has open.
 *
 * <ol>
 *   <li>the identity, and the manifest;
 *   <li>every table and history file and the system records that the manifest names, to the last byte;
 *   <li>all tables together: their levels are in order, and their records are those that the manifest counts;
 *   <li>the commit log from the position of the manifest on: readable, without gaps, every entry a valid one. The log of a
 *       cluster member is not the store's own and is left alone;
 *   <li>what else lies there.
 * </ol>
 *
 * <p>A damaged file does not keep the others from being checked. Nothing is changed, except that taking the lock writes into
 * {@code LOCK}, or creates it. <b>Used by one thread at a time.</b>
 */
public final class DirectoryVerification {
    /** Says in plain text that the directory is that of a cluster member. */
    private static final String CLUSTER_FILE = "CLUSTER";

    private static final String INCOMING_SUFFIX = ".incoming";

    private final Disk disk;
    private final Findings findings;
    private Optional<Bytes> storeId = Optional.empty();
    private Optional<StoreManifest> manifest = Optional.empty();
    private boolean manifestLost;
    private long logEntries;

    private DirectoryVerification(Disk disk, Findings findings) {
        this.disk = disk;
        this.findings = findings;
    }

    /**
     * Checks a directory.
     *
     * @param listener hears of progress and findings while they come
     * @throws io.hightower.kv.statemachine.DirectoryInUseException if somebody has it open
     * @throws FormatException if it is not the directory of a store; then it has no file {@code LOCK} more than before
     * @throws io.hightower.kv.statemachine.StorageException if it cannot be listed or locked
     */
    @SuppressWarnings("try") // The lock is held, and nothing else is done with it.
    public static VerificationReport run(Disk disk, VerificationListener listener) {
        if (!disk.exists(StoreIdentity.FILE) && !disk.exists(ManifestFile.FILE)) {
            throw new FormatException(
                    "directory " + disk.description(),
                    "no file " + StoreIdentity.FILE,
                    "a directory with a file " + StoreIdentity.FILE);
        }
        Disk.DirectoryLock held = disk.lock();
        try (held) {
            return new DirectoryVerification(new ReadOnlyDisk(disk), new Findings(listener)).check();
        }
    }

    private VerificationReport check() {
        checkIdentity();
        checkManifest();
        AppliedState applied = manifest.map(StoreManifest::applied).orElse(AppliedState.EMPTY);
        try (FilesCheck files = new FilesCheck(disk, findings)) {
            announce();
            manifest.ifPresent(present -> checkState(files, present));
            checkLog(applied);
            remarkOthers();
            return new VerificationReport(
                    findings.all(),
                    files.tablesRead(),
                    files.historiesRead(),
                    findings.bytesDone(),
                    applied.liveKeys(),
                    applied.revision(),
                    logEntries);
        }
    }

    private void checkIdentity() {
        findings.reading(StoreIdentity.FILE);
        if (!disk.exists(StoreIdentity.FILE)) {
            findings.add(Finding.Kind.DAMAGED, StoreIdentity.FILE, 0, "The file is missing");
        } else {
            findings.holds(
                    StoreIdentity.FILE,
                    () -> storeId = Optional.of(StoreIdentity.openOrCreate(disk, DirectoryVerification::noNewId)
                            .id()));
        }
        if (storeId.isEmpty() && disk.exists(ManifestFile.FILE)) {
            // The manifest says the same, under a checksum of its own.
            storeId = Optional.of(storeIdIn(ManifestFile.FILE));
        }
    }

    private static Bytes noNewId() {
        throw new InvariantViolation("the identity is there");
    }

    private Bytes storeIdIn(String name) {
        byte[] id = new byte[FileHeader.STORE_ID_BYTES];
        try (DiskFile file = disk.open(name)) {
            file.read(FileHeader.STORE_ID_OFFSET, ByteBuffer.wrap(id));
        }
        return Bytes.wrap(id);
    }

    private void checkManifest() {
        findings.reading(ManifestFile.FILE);
        if (storeId.isEmpty()) {
            return;
        }
        boolean read = findings.holds(ManifestFile.FILE, () -> manifest = ManifestFile.read(disk, storeId.get()));
        manifestLost = !read;
        if (read && manifest.isEmpty()) {
            Optional<String> log =
                    disk.list().stream().filter(LogCheck::isLogName).findFirst();
            manifestLost = log.isPresent();
            if (manifestLost) {
                findings.add(
                        Finding.Kind.DAMAGED,
                        ManifestFile.FILE,
                        0,
                        "The file is missing, but there is a log: file=" + log.get());
            } else {
                findings.remark(ManifestFile.FILE, "There is none: the store was never opened completely");
            }
        }
    }

    private void announce() {
        manifest.ifPresent(present -> present.files().values().forEach(findings::expect));
        for (String name : logSegments()) {
            findings.expect(length(name));
        }
    }

    private List<String> logSegments() {
        return isMember()
                ? List.of()
                : disk.list().stream().filter(LogCheck::isLogName).toList();
    }

    private boolean isMember() {
        return disk.exists(CLUSTER_FILE);
    }

    private long length(String name) {
        try (DiskFile file = disk.open(name)) {
            return file.length();
        }
    }

    private void checkState(FilesCheck files, StoreManifest present) {
        files.run(present);
        if (!files.isIntact()) {
            findings.remark(
                    ManifestFile.FILE, "Whether all records together are right cannot be said: files are damaged");
            return;
        }
        findings.reading("records");
        findings.holds(ManifestFile.FILE, () -> RecordsCheck.run(present.applied(), files.tables()));
    }

    private void checkLog(AppliedState applied) {
        if (isMember()) {
            findings.remark(CLUSTER_FILE, "The directory of a cluster member: its log in raft/ is not checked");
            return;
        }
        if (manifestLost || storeId.isEmpty()) {
            findings.remark("", "The log cannot be checked: without a manifest nobody knows where it begins");
            return;
        }
        LogReading reading = new LogReading();
        long from = applied.position().index() + 1;
        try {
            LogCheck.Found found = LogCheck.run(disk, storeId.get(), from, reading);
            remarkTail(found);
        } catch (StorageException e) {
            findings.add(e, reading.segment);
        }
        logEntries = reading.entries;
        logSegments().forEach(name -> findings.done(length(name)));
    }

    private void remarkTail(LogCheck.Found found) {
        if (found.torn()) {
            findings.add(
                    Finding.Kind.REMARK,
                    found.tail(),
                    found.tailOffset(),
                    "The log ends with entry " + found.lastIndex()
                            + " without a mark; what follows was never acknowledged as synced");
        }
    }

    /** Remembers where the log is being read. */
    private final class LogReading implements LogCheck.Visitor {
        private String segment = "log";
        private long entries;

        @Override
        public void segment(String fileName) {
            segment = fileName;
            findings.reading(fileName);
        }

        @Override
        public void entry(long index, Bytes payload) {
            requireEntry(segment, index, payload);
            entries++;
        }
    }

    private static void requireEntry(String segment, long index, Bytes payload) {
        try {
            EntryCodec.decode(payload);
        } catch (CorruptionException e) {
            throw new CorruptionException(segment, 0, "commands in entry " + index, String.valueOf(e.getMessage()));
        }
    }

    /** Mentions every file that is not part of the store. */
    private void remarkOthers() {
        List<String> unreferenced =
                manifest.map(present -> StoreFiles.unreferenced(disk, present)).orElse(List.of());
        List<String> known = new ArrayList<>(List.of(StoreIdentity.FILE, ManifestFile.FILE, CLUSTER_FILE));
        manifest.ifPresent(present -> known.addAll(present.files().keySet()));
        for (String name : disk.list()) {
            if (unreferenced.contains(name)) {
                findings.remark(name, "Left by interrupted work; deleted when the store is opened");
            } else if (name.endsWith(CompleteFile.TEMPORARY_SUFFIX) || name.endsWith(INCOMING_SUFFIX)) {
                findings.remark(name, "Left by interrupted work");
            } else if (!known.contains(name) && !LogCheck.isSegmentName(name) && !StoreFiles.isFinishedName(name)) {
                findings.remark(name, "Not a file of the store");
            }
        }
    }
}
