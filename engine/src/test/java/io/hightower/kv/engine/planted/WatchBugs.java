package io.hightower.kv.engine.planted;

import static io.hightower.kv.engine.planted.PlantedBug.inWatch;

import java.util.List;

/** Bugs by which watchers are told too much, too little, or something else than what happened. */
final class WatchBugs {
    private static final String RECENT = "RecentChangesTest";
    private static final String WATCH = "WatchTest";

    private WatchBugs() {}

    static List<PlantedBug> all() {
        return List.of(
                inWatch("revision told in parts", "RecentChanges.java")
                        .replace("main(changes, end) != main(changes, begin)", "true")
                        .foundByWatch(RECENT, "givesWhatAnEntryChangedRevisionByRevision"),
                inWatch("memory of old changes not given back", "RecentChanges.java")
                        .leaveOut("dropped.letGo();")
                        .foundByWatch(RECENT, "letsTheOldestGoWhenItsMemoryIsFullAlsoForThoseWhoStillReferToThem"),
                inWatch("what was before taken from inside the revision", "KeyedEvents.java")
                        .replace("new Change(change.written(), earlier.before())", "change")
                        .foundByWatch(WATCH, "showsWhatWasBeforeTheWholeRevision"),
                inWatch("what was before shown to who did not ask", "Watcher.java")
                        .replace("request.previous() ? event : event.withoutPrevious()", "event")
                        .foundByWatch(WATCH, "showsWhatWasBeforeToWhoAskedForItLiveAndFromHistory"),
                inWatch("change told before the start revision", "Watcher.java")
                        .leaveOut(" || offered.revision() < next")
                        .foundByWatch(WATCH, "givesNothingBeforeAStartRevisionInTheFuture"),
                inWatch("changes dropped that a slow reader has no room for", "Watcher.java")
                        .leaveOut("synced = false;\n            next = offered.revision();")
                        .foundByWatch(WATCH, "aReaderWhoComesLateIsGivenEverything"),
                inWatch("progress ahead of what is given", "Watcher.java")
                        .leaveOut(" && pending.isEmpty()")
                        .foundByWatch(WATCH, "isNotThroughWhatItHasNotGiven"),
                inWatch("kinds of change not told apart", "Watcher.java")
                        .replace("if (request.changes().include(event.kind())) {", "if (true) {")
                        .foundByWatch(WATCH, "givesOnlyTheKindsOfChangeThatAreWantedOfTheKeysThatAreWanted"),
                inWatch("watch begun without hearing", "WatchHub.java")
                        .replace("hear();\n            Watcher", "Watcher")
                        .foundByWatch(WATCH, "givesWhatIsWrittenAfterItBegan"),
                inWatch("watches left open by a new state", "WatchHub.java")
                        .replace("if (continued) {", "if (true) {")
                        .foundByWatch(WATCH, "anInstalledStateEndsWatches"),
                inWatch("range lost beneath a smaller one", "WatcherIndex.java")
                        .replace(">= 0 ? one : other", ">= 0 ? other : one")
                        .foundByWatch("WatcherIndexTest", "findsEveryWatcherOfAChangedKeyOnce"),
                inWatch("history read from behind the wanted revision", "HistoryReading.java")
                        .replace("view.changes(from,", "view.changes(from + 1,")
                        .foundByWatch(WATCH, "givesThePastFromItsStartRevisionOnAndThenThePresent"));
    }
}
