package io.hightower.kv.engine.planted;

import static io.hightower.kv.engine.planted.PlantedBug.inStorage;

import java.util.List;

/** Bugs of the commit log. */
final class LogBugs {
    private static final String DAMAGE = "log.CommitLogDamageTest";
    private static final String SEGMENTS = "log.CommitLogSegmentsTest";
    private static final String CRASH = "log.CommitLogCrashTest";
    private static final String FAILURE = "log.CommitLogFailureTest";

    private LogBugs() {}

    static List<PlantedBug> all() {
        return List.of(
                inStorage("write acknowledged before it is synced", "log/SegmentedCommitLog.java")
                        .replace("segment.writeDurably(group);", "segment.write(group);")
                        .foundBy(DAMAGE, "acknowledgesOnlyWhatIsOnDiskUnlikeTheAncestor"),
                inStorage("segment left behind before it is synced", "log/SegmentedCommitLog.java")
                        .leaveOut("syncSegment(current);")
                        .foundBy(CRASH, "recoversPrefixUnderEverySyncPolicy"),
                inStorage("segment used again without an epoch", "log/RecordChecksum.java")
                        .replace("place.putLong(epoch);", "place.putLong(0);")
                        .foundBy(SEGMENTS, "usesTrimmedSegmentsAgainAndNeverTakesTheirOldRecordsForNewOnes"),
                inStorage("directory not synced after a recycled segment is renamed", "log/SegmentStart.java")
                        .leaveOut("disk.syncDirectory();")
                        .foundBy(CRASH, "recoversWhatWasAcknowledgedWhereverPowerFails"),
                inStorage("directory not synced after segments are trimmed", "log/Segments.java")
                        .leaveOut("directorySync.run();")
                        .foundBy(FAILURE, "refusesChangesAfterFailedSyncOfTrimmedDirectory"),
                inStorage("damage before the proven point taken for a torn tail", "log/LogRecovery.java")
                        .replace("if (isProven(file, reader)) {", "if (isProven(file, reader) && first < 0) {")
                        .foundBy(DAMAGE, "refusesEveryFlippedBitBeforeTheLastMark"),
                inStorage("recovered entries served before they are synced", "log/LogRecovery.java")
                        .leaveOut("settle(file, reader, first);")
                        .foundBy(CRASH, "keepsWhatItRecoveredAfterProcessEndWhenPowerFailsLater"),
                inStorage("recovered entries not written again before they are synced", "log/LogRecovery.java")
                        .leaveOut("rewrite(file, reader.syncedUpTo(), end);")
                        .foundBy(FAILURE, "keepsWhatItRecoversAfterFailedSyncOnDisk"),
                inStorage("one segment too many trimmed", "log/Segments.java")
                        .replace("second.getKey() - 1 <= throughIndex", "second.getKey() - 2 <= throughIndex")
                        .foundBy("log.SegmentedCommitLogTest", "rollsToNewSegmentAndTrimsWholeSegments"),
                inStorage("checksum of a record not checked", "log/RecordReader.java")
                        .replace("if (computed != stored) {", "if (computed != computed) {")
                        .foundBy(DAMAGE, "refusesEveryFlippedBitBeforeTheLastMark"),
                inStorage("gap between indexes ignored", "log/RecordReader.java")
                        .replace("if (index != indexExpected) {", "if (index < indexExpected) {")
                        .foundBy(DAMAGE, "refusesIntactRecordsWithImpossibleNumbers"),
                inStorage("missing segment ignored", "log/LogRecovery.java")
                        .replace("if (first != lastIndex + 1) {", "if (first < 0) {")
                        .replace("if (lastIndex < last) {", "if (last < 0) {")
                        .foundBy(DAMAGE, "refusesMissingSegments"),
                inStorage("failed sync of the log tried again", "log/SegmentedCommitLog.java")
                        .replace(
                                "failure.compareAndSet(null, e);\n            throw e;\n        } finally {",
                                "throw e;\n        } finally {")
                        .foundBy(FAILURE, "refusesChangesAfterFailedSync"),
                inStorage("full disk taken for a write that was done", "log/SegmentedCommitLog.java")
                        .replace("catch (DiskFullException e) {\n            throw e;", "catch (DiskFullException e) {")
                        .foundBy(FAILURE, "staysUsableAndForgetsTheGroupWhenTheDiskIsFull"));
    }
}
