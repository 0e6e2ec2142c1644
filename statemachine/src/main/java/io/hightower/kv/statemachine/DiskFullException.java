package io.hightower.kv.statemachine;

/** There is not enough free space on the disk. Nothing that was acknowledged is affected; free space and try again. */
public final class DiskFullException extends StorageException {
    private static final long serialVersionUID = 1L;

    /** States the facts. */
    public DiskFullException(String message) {
        super(message);
    }

    /** States the facts and keeps the cause. */
    public DiskFullException(String message, Throwable cause) {
        super(message, cause);
    }
}
