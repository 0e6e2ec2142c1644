package io.hightower.kv.engine.planted;

import static io.hightower.kv.engine.planted.PlantedBug.inStorage;

import java.util.List;

/** Bugs in how manifest, tables and history files are written, checked and found again. */
final class FileBugs {
    private static final String MANIFEST_CUT = "findsTheOldOrTheNewManifestWithAllItsFiles";

    private FileBugs() {}

    static List<PlantedBug> all() {
        return List.of(
                inStorage("names of new files not synced before the manifest", "manifest/ManifestFile.java")
                        .replace("disk.syncDirectory();\n        CompleteFile", "CompleteFile")
                        .foundBy("manifest.ManifestCrashTest", MANIFEST_CUT),
                inStorage("manifest not synced before it is renamed", "file/CompleteFile.java")
                        .leaveOut("file.sync();")
                        .foundBy("manifest.ManifestCrashTest", MANIFEST_CUT),
                inStorage("directory not synced after the manifest is renamed", "file/CompleteFile.java")
                        .leaveOut("disk.syncDirectory();")
                        .foundBy("manifest.ManifestCrashTest", MANIFEST_CUT),
                inStorage(
                                "manifest of a killed process trusted before its name is synced",
                                "manifest/ManifestFile.java")
                        .replace("disk.syncDirectory();\n        return", "return")
                        .foundBy("manifest.ManifestCrashTest", "whatWasReadAfterTheEndOfTheProcessSurvivesPowerLoss"),
                inStorage("missing manifest taken for a new store", "manifest/ManifestFile.java")
                        .leaveOut("requireNoFiles(disk);")
                        .foundBy("manifest.StoreManifestTest", "tellsAStoreWithoutManifestFromOneThatLostIt"),
                inStorage("checksum of the manifest not checked", "manifest/ManifestDecoder.java")
                        .replace("if (found != (int) crc.getValue()) {", "if (found != found) {")
                        .foundBy("manifest.ManifestFormatTest", "refusesEveryFlippedBit"),
                inStorage("history files deleted as orphans", "manifest/StoreManifest.java")
                        .replace(
                                "history.forEach(file -> files.add(",
                                "List.<HistoryMeta>of().forEach(file -> files.add(")
                        .foundBy(StoreLifeCrashTest.class, "whateverWasAcknowledgedIsThere"),
                inStorage("table finished without a sync", "table/TableOutput.java")
                        .replace("writeBuffer();\n        sync();", "writeBuffer();")
                        .foundBy("table.TableWriterTest", "aFinishedTableSurvivesPowerLoss"),
                inStorage("checksum of a block not checked", "table/BlockReader.java")
                        .leaveOut("PlaceChecksum.requireEqual(file.name(), offset,"
                                + " place.of(offset, stored, from, checked), found);")
                        .foundBy("table.TableDamageTest", "aDamagedBlockIsNamedAndTheOthersStayReadable"),
                inStorage("checksum of a block does not cover its place", "table/PlaceChecksum.java")
                        .leaveOut("crc.update(place, 0, place.length);")
                        .foundBy("table.TableDamageTest", "aBlockInAnotherPlaceIsNotTakenForTheOneAskedFor"),
                inStorage("checksums of footer, index and filter not checked", "table/TableContent.java")
                        .leaveOut("PlaceChecksum.requireEqual(file.name(), from,"
                                + " place.of(from, content.duplicate()), checksum.getInt(0));")
                        .foundBy("table.TableDamageTest", "noFlippedByteGivesAWrongAnswer"),
                inStorage("history file finished without a sync", "history/HistoryWriter.java")
                        .leaveOut("file.sync();")
                        .foundBy("history.HistoryFileTest", "aFinishedFileSurvivesPowerLossOnceItsNameIsSynced"));
    }
}
