package io.hightower.kv.cluster.guarantees;

import io.hightower.kv.cluster.guarantees.recording.Recorder;
import io.hightower.kv.cluster.guarantees.recording.RecordingEngine;
import java.util.Optional;

/**
 * The members of a run, for clients whose doings are noted. Thread-safe.
 *
 * @param members the engines
 * @param recorder what is noted
 */
record RecordedMembers(Members members, Recorder recorder) {
    /** Returns a member for one client, unless it is closed at the moment. */
    Optional<RecordingEngine> find(String client, String member) {
        return members.find(member).map(engine -> recorder.recording(client, member, engine));
    }

    /** Returns a member, which is open, for one client. */
    RecordingEngine member(String client, String member) {
        return find(client, member).orElseThrow();
    }
}
