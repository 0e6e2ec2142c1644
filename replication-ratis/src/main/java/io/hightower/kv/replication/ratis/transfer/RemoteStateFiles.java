package io.hightower.kv.replication.ratis.transfer;

import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.StateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The files of another member's state, pinned there, to be read from here. What is damaged on its way is asked for again.
 *
 * <p><b>Used by one thread at a time.</b> <b>Lifetime.</b> {@link #end} tells the other member that the state is here; if that
 * is left out, it keeps the pin for a later attempt, for ten minutes.
 */
public final class RemoteStateFiles implements StateFiles {
    private final String source;
    private final TransferCalls calls;
    private final TransferFormat.Manifest manifest;
    private final TransferProgress progress;

    private RemoteStateFiles(
            String source, TransferCalls calls, TransferFormat.Manifest manifest, TransferProgress progress) {
        this.source = source;
        this.calls = calls;
        this.manifest = manifest;
        this.progress = progress;
    }

    /**
     * Has a member pin its state, or takes up the pin of an earlier attempt.
     *
     * @param source the other member's id, for messages
     * @param neededIndex log index that the state must reach
     * @throws IOException if it does not answer, refuses, or its state does not reach that far
     */
    public static RemoteStateFiles begin(String source, TransferCalls calls, long neededIndex, Metrics metrics)
            throws IOException {
        TransferFormat.Manifest manifest = TransferFormat.readBegun(calls.begin(TransferFormat.begin(neededIndex)));
        if (manifest.position().index() < neededIndex) {
            throw new IOException("The state of the other member does not reach far enough: source=" + source
                    + " position=" + manifest.position() + " needed=" + neededIndex);
        }
        return new RemoteStateFiles(
                source, calls, manifest, new TransferProgress(source, manifest.files(), metrics, System::nanoTime));
    }

    /** Returns where in the log the state stands. */
    public LogPosition position() {
        return manifest.position();
    }

    @Override
    public List<StateFile> files() {
        return manifest.files();
    }

    @Override
    public InputStream open(StateFile file, long offset) throws IOException {
        int index = manifest.files().indexOf(file);
        if (index < 0 || offset < 0 || offset > file.length()) {
            throw new IllegalArgumentException("Not in this state: file=" + file + " offset=" + offset);
        }
        progress.began(index, offset);
        return new ReceivedFile(
                at -> calls.read(TransferFormat.read(new TransferFormat.Wanted(manifest.pin(), index, at))),
                new ReceivedFile.Place(source, file),
                offset,
                progress);
    }

    /** Returns how many bytes were received, of how many that the state has, as {@code received=… of=…}. */
    public String summary() {
        return progress.summary();
    }

    /** Has the other member let go of its state. */
    public void end() {
        calls.end(TransferFormat.end(manifest.pin()));
    }
}
