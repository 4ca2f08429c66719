from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_ban_history'),
    ]

    operations = [
        migrations.AddField(
            model_name='ban',
            name='end_reason',
            field=models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='why let in again'),
        ),
    ]
