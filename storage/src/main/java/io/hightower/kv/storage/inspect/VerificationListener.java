package io.hightower.kv.storage.inspect;

/** Hears of a verification while it goes on. */
public interface VerificationListener {
    /**
     * Says what is read next.
     *
     * @param what the file's name, or a word for several together
     * @param bytesDone how many bytes of the directory were read so far
     * @param bytesTotal how many are to be read; the records are read once more behind them, which is not counted
     */
    void reading(String what, long bytesDone, long bytesTotal);

    /** Says what was found. */
    void found(Finding finding);
}
