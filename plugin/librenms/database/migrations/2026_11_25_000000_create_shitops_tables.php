<?php

use Illuminate\Database\Migrations\Migration;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Support\Facades\Schema;

return new class extends Migration
{
    public function up(): void
    {
        // What shitops has not been told yet. Ids rise; a row with a batch has been tried and is sent again with that same batch.
        Schema::create('shitops_outbox', function (Blueprint $table): void {
            $table->bigIncrements('id');
            $table->string('kind', 16);
            $table->unsignedInteger('device_id');
            $table->text('payload');
            $table->string('batch', 36)->nullable()->index();
        });
        // What the ports and sensors of a device looked like after its last poll.
        Schema::create('shitops_digests', function (Blueprint $table): void {
            $table->string('kind', 16);
            $table->unsignedInteger('entity_id');
            $table->unsignedInteger('device_id')->index();
            $table->string('digest', 32);
            $table->primary(['kind', 'entity_id']);
        });
        // When to try again, and how much was lost.
        Schema::create('shitops_state', function (Blueprint $table): void {
            $table->string('name', 32);
            $table->text('value');
            $table->primary(['name']);
        });
    }

    public function down(): void
    {
        Schema::dropIfExists('shitops_state');
        Schema::dropIfExists('shitops_digests');
        Schema::dropIfExists('shitops_outbox');
    }
};
