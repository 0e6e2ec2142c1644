package io.hightower.kv.storage.inspect;

import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import java.nio.ByteBuffer;
import java.util.List;

/** Another disk, of which nothing can be changed through this one. <b>Thread-safe.</b> */
final class ReadOnlyDisk implements Disk {
    private final Disk disk;

    ReadOnlyDisk(Disk disk) {
        this.disk = disk;
    }

    private static InvariantViolation refused(String name) {
        return new InvariantViolation("what is looked at is not changed: file=" + name);
    }

    @Override
    public DiskFile create(String name) {
        throw refused(name);
    }

    @Override
    public DiskFile open(String name) {
        return new ReadOnlyFile(disk.open(name));
    }

    @Override
    public boolean exists(String name) {
        return disk.exists(name);
    }

    @Override
    public List<String> list() {
        return disk.list();
    }

    @Override
    public void rename(String from, String to) {
        throw refused(from);
    }

    @Override
    public void delete(String name) {
        throw refused(name);
    }

    @Override
    public void linkTo(String name, Disk target) {
        throw refused(name);
    }

    /** Does nothing: no name was changed. */
    @Override
    public void syncDirectory() {
        // Whoever reads a manifest syncs the directory before it deletes files; nothing is deleted here.
    }

    @Override
    public long freeBytes() {
        return disk.freeBytes();
    }

    @Override
    public DirectoryLock lock() {
        return disk.lock();
    }

    @Override
    public String description() {
        return disk.description();
    }

    /** A file that is only read. */
    private static final class ReadOnlyFile implements DiskFile {
        private final DiskFile file;

        ReadOnlyFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public long length() {
            return file.length();
        }

        @Override
        public int read(long offset, ByteBuffer target) {
            return file.read(offset, target);
        }

        @Override
        public void write(long offset, ByteBuffer source) {
            throw refused(name());
        }

        @Override
        public void writeDurably(long offset, ByteBuffer source) {
            throw refused(name());
        }

        @Override
        public void truncate(long length) {
            throw refused(name());
        }

        @Override
        public void sync() {
            throw refused(name());
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
