package io.hightower.kv.storage.inspect;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A file of a store as lines of text. What it is, its first bytes say, whatever its name; so leftovers and copies can be
 * looked at, too. What is damaged is named, with the place, and what is behind it is shown where it can be found.
 *
 * <p>No lock is taken: the files of an open store can be looked at; its log may then end in a half-written entry. <b>Used by
 * one thread at a time.</b>
 */
public final class FileInspection {
    private static final int MAGIC_BYTES = 8;
    private static final int VERSION_BYTES = 4;
    private static final int TEXT_BYTES_MAX = 4096;
    private static final String MAGIC = "HTKV";
    private static final String CLUSTER_PREFIX = "cluster ";

    private FileInspection() {}

    /**
     * Shows a file.
     *
     * @param lines takes one line after another, without its end
     * @return how many places are damaged
     * @throws FormatException if the file is none of a store, or in a format that this release does not read
     * @throws StorageException if it cannot be read
     */
    public static long run(Disk disk, String fileName, InspectionOptions options, Consumer<String> lines) {
        InspectionText text = new InspectionText(options, lines);
        Disk readOnly = new ReadOnlyDisk(disk);
        text.fact("file", fileName);
        try {
            show(readOnly, fileName, text);
        } catch (CorruptionException e) {
            text.damage(e);
        }
        return text.damages();
    }

    private static void show(Disk disk, String fileName, InspectionText text) {
        String magic = magic(disk, fileName, text);
        switch (magic) {
            case MAGIC + "STOR" -> IdentityInspection.show(disk, fileName, text);
            case MAGIC + "MANF" -> ManifestInspection.show(disk, fileName, text);
            case MAGIC + "TABL" -> TableInspection.show(disk, fileName, text);
            case MAGIC + "HIST" -> HistoryInspection.show(disk, fileName, text);
            case MAGIC + "SYST" -> SystemInspection.show(disk, fileName, text);
            case MAGIC + "CLOG" -> SegmentInspection.show(disk, fileName, text);
            case MAGIC + "ARCH" -> ArchiveInspection.show(disk, fileName, text);
            default -> showOther(disk, fileName, magic, text);
        }
    }

    private static String magic(Disk disk, String fileName, InspectionText text) {
        try (DiskFile file = disk.open(fileName)) {
            text.fact("bytes", file.length());
            // Magic and version stand in the same place in every kind of file.
            ByteBuffer version = ByteBuffer.allocate(VERSION_BYTES);
            if (file.read(MAGIC_BYTES, version) == VERSION_BYTES) {
                text.noteFormatVersion(version.getInt(0));
            }
            return read(file, MAGIC_BYTES);
        }
    }

    private static String read(DiskFile file, int bytesMax) {
        ByteBuffer content = ByteBuffer.allocate((int) Math.min(bytesMax, file.length()));
        file.read(0, content);
        // One character a byte: the text may be no text.
        return new String(content.array(), 0, content.position(), StandardCharsets.ISO_8859_1);
    }

    private static void showOther(Disk disk, String fileName, String magic, InspectionText text) {
        if (magic.startsWith(CLUSTER_PREFIX)) {
            text.fact("kind", "the member of a cluster that the directory belongs to");
            try (DiskFile file = disk.open(fileName)) {
                read(file, TEXT_BYTES_MAX).lines().forEach(line -> text.fact("content", line));
            }
            return;
        }
        if (magic.length() < MAGIC_BYTES) {
            throw new CorruptionException(
                    fileName, 0, "a header that says what the file is", magic.length() + " bytes");
        }
        throw new FormatException(
                fileName, "a file that is none of a store, or of another release", "files that begin with " + MAGIC);
    }
}
