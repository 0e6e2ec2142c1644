package io.hightower.kv.storage.inspect;

/**
 * One thing that a verification has to say. <b>Immutable.</b>
 *
 * @param kind how bad it is
 * @param file the file's name; empty if it is about the directory
 * @param offset where in the file, in bytes from its start; 0 if it is about the whole file
 * @param text what is wrong, in a sentence
 */
public record Finding(Kind kind, String file, long offset, String text) {
    /** How bad a finding is. */
    public enum Kind {
        /** Bytes are not what was written, or are missing: opening the store fails, now or when they are read. */
        DAMAGED,
        /** The file is in a format that this release does not read. */
        FOREIGN,
        /** The disk failed while the file was read. */
        UNREADABLE,
        /** Nothing is wrong; worth knowing. */
        REMARK
    }
}
