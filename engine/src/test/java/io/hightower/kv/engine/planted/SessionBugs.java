package io.hightower.kv.engine.planted;

import static io.hightower.kv.engine.planted.PlantedBug.inStatemachine;

import java.util.List;

/** Bugs by which a command of a session is applied twice, not at all, or answered wrongly. */
final class SessionBugs {
    private static final String STATE = "state.SessionTest";
    private static final String CALLS = "session.CommandSessionTest";

    private SessionBugs() {}

    static List<PlantedBug> all() {
        return List.of(
                inStatemachine("repeated command of a session applied again", "state/SessionApplication.java")
                        .replace(
                                "if (command.sequence() == session.sequence() + 1) {",
                                "if (command.sequence() >= session.sequence()) {")
                        .foundByStatemachine(STATE, "repetitionIsAnsweredAsTheFirstTimeAndNotAppliedAgain"),
                inStatemachine("expired session used", "state/SessionApplication.java")
                        .leaveOut(".filter(session -> !session.isExpired(edit.nowMillis()))")
                        .foundByStatemachine(STATE, "sessionExpiresWhenItsTimeSinceTheLastUseHasPassedAndNotEarlier"),
                inStatemachine("session forgotten a millisecond early", "SessionRecord.java")
                        .replace("nowMillis - usedMillis > ttlMillis", "nowMillis - usedMillis >= ttlMillis")
                        .foundByStatemachine(STATE, "whatHasNotExpiredByTheTimeOfTheEntryStays"),
                inStatemachine("refusal not kept as the answer of a session", "state/SessionApplication.java")
                        .replace(
                                "SessionCodec.encodeAnswer(result)));",
                                "result instanceof Result.Refused ? io.hightower.kv.statemachine.Bytes.EMPTY"
                                        + " : SessionCodec.encodeAnswer(result)));")
                        .foundByStatemachine(STATE, "failedConditionAndRefusalAreAnswersThatAreKept"),
                inStatemachine(
                                "transaction of a session not looked into for older revisions",
                                "state/EntryHistory.java")
                        .replace(
                                "command instanceof Command.InSession inSession ? inSession.command() : command",
                                "command")
                        .foundByStatemachine(STATE, "transactionInASessionReadsRevisionsOfItsOwnEntry"),
                inStatemachine("command repeated under a new number", "session/CommandSession.java")
                        .replace("if (!call.isNumbered) {", "if (true) {")
                        .foundByStatemachine(CALLS, "aLostAnswerIsAskedForAgainUnderTheSameNumber"),
                inStatemachine("command given up and not settled", "session/CommandSession.java")
                        .replace(
                                "boolean settles = isUnsettled && call.kind == Kind.COMMAND;",
                                "boolean settles = false;")
                        .foundByStatemachine(CALLS, "whatWasGivenUpIsNeverAppliedOnceTheNextCallIsAnswered"),
                inStatemachine("unknown outcome told as none", "session/SessionCall.java")
                        .replace("isUncertain |= isSent", "isUncertain = isSent")
                        .foundByStatemachine(CALLS, "aStoppedStoreDoesNotTurnAnUnknownOutcomeIntoNone"));
    }
}
