<div style="margin: 15px; max-width: 700px">
    <h4>shitops</h4>
    <p>
        Changes are kept in a table and brought to <code>shitops librenms receive</code> by <code>lnms shitops:drain</code>;
        polling itself never waits for the network. The secret is read from its file: it is not kept in the database.
    </p>
    <form method="post">
        @csrf
        <div class="form-group">
            <label for="shitops-url">Address of the receiver</label>
            <input id="shitops-url" class="form-control" type="url" name="settings[url]" value="{{ $settings['url'] }}">
        </div>
        <div class="form-group">
            <label for="shitops-secret-file">File with the secret (mode 0600, owner librenms)</label>
            <input id="shitops-secret-file" class="form-control" type="text" name="settings[secret_file]" value="{{ $settings['secret_file'] }}">
        </div>
        <div class="form-group">
            <label for="shitops-ca-file">Certificate authority of the receiver, if it is your own</label>
            <input id="shitops-ca-file" class="form-control" type="text" name="settings[ca_file]" value="{{ $settings['ca_file'] }}">
        </div>
        <button class="btn btn-primary" type="submit">Save</button>
    </form>
</div>
