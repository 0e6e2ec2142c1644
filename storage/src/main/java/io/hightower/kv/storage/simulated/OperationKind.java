package io.hightower.kv.storage.simulated;

/** The kinds of disk operations that can be told to fail. All but {@link #READ} change the disk and are numbered. */
public enum OperationKind {
    /** Reading from a file. */
    READ,
    /** Creating a file. */
    CREATE,
    /** Writing to a file. */
    WRITE,
    /** Writing to a file durably. */
    WRITE_DURABLY,
    /** Cutting a file. */
    TRUNCATE,
    /** Syncing a file. */
    SYNC,
    /** Renaming a file. */
    RENAME,
    /** Linking a file of another directory into this one. */
    LINK,
    /** Deleting a file. */
    DELETE,
    /** Syncing the directory. */
    SYNC_DIRECTORY
}
