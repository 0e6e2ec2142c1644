package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.storage.manifest.StoreManifest;
import java.util.List;

/**
 * A state that has arrived and was verified.
 *
 * @param manifest what it consists of, in its origin
 * @param arrived the names of the files that came; the others are in force here
 * @param files all of them, open and retained
 */
record StagedFiles(StoreManifest manifest, List<String> arrived, FileSet files) {
    AppliedState applied() {
        return manifest.applied();
    }
}
