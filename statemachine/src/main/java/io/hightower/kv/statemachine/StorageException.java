package io.hightower.kv.statemachine;

/**
 * The disk failed: a write, a sync or a rename did not work. The store refuses further writes with the first cause until
 * it is reopened, because after a failed sync nobody knows what is on the disk.
 */
public class StorageException extends HightowerException {
    private static final long serialVersionUID = 1L;

    /** States the facts. */
    public StorageException(String message) {
        super(message);
    }

    /** States the facts and keeps the cause. */
    public StorageException(String message, Throwable cause) {
        super(message, cause);
    }
}
