package io.hightower.kv.storage.inspect;

import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.state.StateHash;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.system.SystemFile;

/** Shows a file of system records: a row for each. Never a value: it may be a secret. */
final class SystemInspection {
    private SystemInspection() {}

    static void show(Disk disk, String fileName, InspectionText text) {
        text.fact("kind", "system records");
        SystemFile.Content content = SystemFile.inspect(disk, fileName);
        text.formatVersion();
        text.fact("store id", content.meta().id().originStoreId());
        text.fact("number", content.meta().id().number());
        text.fact("checksum", Long.toHexString(content.meta().checksum()));
        text.fact("changes", content.records().revision());
        text.fact("system hash", StateHash.toText(content.records().hash()));
        for (SystemRecord entry : content.records().all()) {
            text.row(
                    "change=" + entry.modRevision(),
                    text.key(entry.key()),
                    "valueBytes=" + entry.value().length(),
                    "hash=" + StateHash.toText(entry.hash()));
        }
        text.end("records");
    }
}
