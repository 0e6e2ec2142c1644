package io.hightower.kv.statemachine;

/** Bytes on disk or from a peer are not what was written: a checksum, a length or an order is wrong. */
public final class CorruptionException extends StorageException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final long offset;

    /**
     * Names the place and the finding.
     *
     * @param file the file's name, or what the bytes came from
     * @param offset where in it, in bytes from its start
     * @param expected what should have been there
     * @param found what was there
     */
    public CorruptionException(String file, long offset, String expected, String found) {
        this("Damaged data", file, offset, expected, found);
    }

    /**
     * As {@link #CorruptionException(String, long, String, String)}, where more can be said than that data is damaged.
     *
     * @param statement what has happened, and what to do, without a period at its end
     */
    public CorruptionException(String statement, String file, long offset, String expected, String found) {
        super(statement + ": file=" + file + " offset=" + offset + " expected=" + expected + " found=" + found);
        this.file = file;
        this.offset = offset;
    }

    /** Returns the name of the damaged file. */
    public String file() {
        return file;
    }

    /** Returns the offset of the damage in bytes from the start of the file. */
    public long offset() {
        return offset;
    }
}
