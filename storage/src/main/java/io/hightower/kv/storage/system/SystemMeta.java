package io.hightower.kv.storage.system;

/**
 * What a manifest says about a file of system records. <b>Immutable.</b>
 *
 * @param id its name
 * @param length in bytes
 * @param checksum CRC32C of the whole file, 32 bits
 */
public record SystemMeta(SystemId id, long length, long checksum) {
    private static final long CHECKSUM_MAX = 0xffff_ffffL;

    /** Checks the ranges. */
    public SystemMeta {
        if (length < SystemFormat.LENGTH_MIN || checksum < 0 || checksum > CHECKSUM_MAX) {
            throw new IllegalArgumentException("No file of system records is like that: file=" + id + " length="
                    + length + " checksum=" + checksum);
        }
    }

    /** Returns the file's name. */
    public String fileName() {
        return id.fileName();
    }
}
