package io.hightower.kv.engine.planted;

import static io.hightower.kv.engine.planted.PlantedBug.inReplication;
import static io.hightower.kv.engine.planted.PlantedBug.inStorage;

import java.util.ArrayList;
import java.util.List;

/** Bugs in memory, in flushes and merges, and where states are copied, installed and recovered. */
final class StoreBugs {
    private static final String RETENTION = "merge.RetentionTest";

    private StoreBugs() {}

    static List<PlantedBug> all() {
        List<PlantedBug> all = new ArrayList<>(ofMemory());
        all.addAll(ofFlushes());
        all.addAll(ofMerges());
        all.addAll(ofCopies());
        all.addAll(ofReplication());
        return all;
    }

    private static List<PlantedBug> ofMemory() {
        return List.of(
                inStorage("write seen by a view that was opened before it", "memtable/Memtable.java")
                        .replace("toUnsignedLong(version) < watermark", "toUnsignedLong(version) <= watermark")
                        .foundBy("memtable.MemtableTest", "whatIsAddedLaterDoesNotShowInAView"),
                inStorage("hot key not stamped when it changes", "lsm/ActiveMemtable.java")
                        .leaveOut("hot.written(written.key().hash64(), written.modified().main());")
                        .foundBy(StoreLifeTest.class, "aHotKeyIsServedAsItWasWrittenLast"),
                inStorage("stamp of a hot key not looked at", "hot/HotKeyIndex.java")
                        .leaveOut(" && !isOutdated(entry)")
                        .foundBy("hot.HotKeyIndexFreshnessTest", "noOrderOfStepsServesAStaleValue"));
    }

    private static List<PlantedBug> ofFlushes() {
        return List.of(
                inStorage("manifest ahead of the memtable that was flushed", "lsm/Flusher.java")
                        .replace("sealed.applied(),", "roots.current().applied(),")
                        .foundBy(StoreLifeTest.class, "aLateFlushNeitherLosesNorTurnsBack"),
                inStorage("sealed memtable dropped without a flush", "lsm/Flusher.java")
                        .replace("waiting -> waiting != flushed", "waiting -> false")
                        .foundBy(StoreLifeTest.class, "aLateFlushNeitherLosesNorTurnsBack"),
                inStorage("memtables flushed newest first", "lsm/Flusher.java")
                        .replace("root.sealed().size() - 1", "0")
                        .foundBy(StoreLifeTest.class, "aLateFlushNeitherLosesNorTurnsBack"),
                inStorage("flushed table put behind older ones", "lsm/Flusher.java")
                        .replace("flushed.addAll(levels.get(0));", "flushed.addAll(0, levels.get(0));")
                        .foundBy(StoreLifeTest.class, "aLateFlushNeitherLosesNorTurnsBack"),
                inStorage("failed sync of a table tried again", "lsm/WatchedDisk.java")
                        .leaveOut("poison.take(e);")
                        .foundBy(StoreLifeTest.class, "aFailedSyncIsNeverTriedAgain"),
                inStorage("manifest that may be in force written over", "lsm/Committer.java")
                        .leaveOut("poison.take(e);")
                        .foundBy(StoreLifeTest.class, "aManifestThatMayBeInForceIsTheLast"),
                inStorage("changes of the compact revision given up", "lsm/Flusher.java")
                        .replace("applied().compactRevision())", "applied().compactRevision() + 1)")
                        .foundBy("lsm.KeptHistoryContractTest", "aPutAtTheCompactRevisionIsStillGivenAsAChange"));
    }

    private static List<PlantedBug> ofMerges() {
        return List.of(
                inStorage("tombstone dropped before it is released", "merge/Retention.java")
                        .replace("at.kind() == VersionKind.ERASED", "at.kind() != VersionKind.VALUE")
                        .foundBy(RETENTION, "aTombstoneThatIsNewestAtTheHorizonOrBehindItIsNeverDropped"),
                inStorage("erased tombstone dropped above what it hides", "merge/Retention.java")
                        .leaveOut(" && !older.mayHold(at)")
                        .foundBy(RETENTION, "anErasedTombstoneGoesOnlyFromTheBottom"),
                inStorage("version dropped that the horizon still shows", "merge/Retention.java")
                        .replace("main <= horizon", "main <= horizon + 1")
                        .foundBy(RETENTION, "everyReadFromTheHorizonOnSeesTheSameBeforeAndAfter"),
                inStorage("erased tombstone dropped whose deletion is still asked for", "merge/Retention.java")
                        .leaveOut(" && main < oldestChange")
                        .foundBy(RETENTION, "everyChangeFromTheOldestOnThatIsAskedForIsKept"),
                inStorage("older run merged as the newer one", "merge/Merge.java")
                        .replace(
                                "newestFirst.add(chain(List.of(run), opener));",
                                "newestFirst.add(0, chain(List.of(run), opener));")
                        .foundBy("merge.MergeTest", "keepsTheNewestVersionOfEachKey"),
                inStorage("table moved below one that it overlaps", "merge/MergePicker.java")
                        .replace("if (!meetsOlder && ", "if (")
                        .foundBy("merge.MergePickerTest", "movesOnlyThoseRunsThatMeetNothingOlder"),
                inStorage("inputs of a merge deleted before the manifest", "lsm/Committer.java")
                        .replace("ManifestFile.write(disk, storeId, next);", """
                                for (String name : manifest.files().keySet()) {
                                    if (!next.files().containsKey(name)) {
                                        disk.delete(name);
                                    }
                                }
                                ManifestFile.write(disk, storeId, next);
                                """)
                        .foundBy(StoreLifeCrashTest.class, "whateverWasAcknowledgedIsThere"),
                inStorage("table in use by a view deleted", "lsm/SharedFile.java")
                        .replace("obsolete = true;", "obsoleteFiles.add(name);")
                        .foundBy(StoreLifeTest.class, "aPinnedStateOutlivesMerges"));
    }

    private static List<PlantedBug> ofCopies() {
        return List.of(
                inStorage("copy's manifest written before its files are linked", "lsm/PinnedFiles.java")
                        .replace(
                                "for (String name : manifest.files().keySet()) {",
                                "ManifestFile.write(target, parts.storeId(), manifest);"
                                        + " for (String name : manifest.files().keySet()) {")
                        .foundBy(StoreLifeCrashTest.class, "aCopyIsWholeOrNoStore"),
                inStorage("names of a copy's files not synced", "lsm/PinnedFiles.java")
                        .replace(
                                "ManifestFile.write(target, parts.storeId(), manifest);",
                                "io.hightower.kv.storage.file.CompleteFile.create("
                                        + "target, ManifestFile.FILE, manifestContent.asByteBuffer());")
                        .foundBy(StoreLifeCrashTest.class, "aCopyIsWholeOrNoStore"),
                inStorage("arriving state installed without being verified", "lsm/Staging.java")
                        .replace(
                                "if (length != file.length() || (int) checksum.getValue() != file.checksum()) {",
                                "if (length < 0) {")
                        .leaveOut("StateAudit.require(manifest, opened, arrived);")
                        .foundBy(StoreLifeTest.class, "aStateDamagedOnItsWayIsRefused"),
                inStorage("arriving files not synced", "lsm/Staging.java")
                        .leaveOut("target.sync();")
                        .foundBy(StoreLifeCrashTest.class, "anInstalledStateIsWholeOrNotThere"),
                inStorage("log without its manifest taken for a new store", "lsm/StoreOpening.java")
                        .leaveOut("requireNoLog(disk);")
                        .foundBy(StoreLifeTest.class, "aStoreThatLostItsManifestDoesNotOpen"));
    }

    private static List<PlantedBug> ofReplication() {
        return List.of(
                inReplication("command applied and answered without the log", "LogWriter.java")
                        .replace("log.commit();\n            replayLength", "replayLength")
                        .foundBy(StoreLifeCrashTest.class, "whateverWasAcknowledgedIsThere"),
                inReplication("replay begins one entry too late", "LogWriter.java")
                        .replace("log.replay(durable + 1,", "log.replay(durable + 2,")
                        .foundBy(StoreLifeCrashTest.class, "whateverWasAcknowledgedIsThere"),
                inReplication("log trimmed ahead of the flushed state", "LocalReplication.java")
                        .replace("log.trim(store.durable().index());", "log.trim(store.applied().position().index());")
                        .foundBy(StoreLifeCrashTest.class, "whateverWasAcknowledgedIsThere"),
                inReplication("log not reset when a state is installed", "LocalReplication.java")
                        .leaveOut("log.reset(index + 1);")
                        .foundBy(StoreLifeCrashTest.class, "anInstalledStateIsWholeOrNotThere"));
    }
}
