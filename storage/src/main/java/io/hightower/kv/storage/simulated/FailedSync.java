package io.hightower.kv.storage.simulated;

/** What a failing sync does to the writes that it should have made durable. File systems differ. */
public enum FailedSync {
    /**
     * The writes stay readable but count as synced from then on, so that a later sync skips them and succeeds; power loss
     * undoes them. So do ext4 and XFS.
     */
    PAGES_DROPPED_AT_POWER_LOSS,

    /** The writes are undone at once. So does Btrfs. */
    CONTENT_REVERTED_AT_ONCE
}
